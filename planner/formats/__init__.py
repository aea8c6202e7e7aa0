"""One module per plan format."""
