"""A harbour to practise in: an independent simulated vehicle and what its camera sees."""
