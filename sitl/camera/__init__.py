"""What the drone camera sees, with ground truth."""
