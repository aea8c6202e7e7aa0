"""Points, local metres, shapes and camera rays: pure functions; owns all geodesy."""
