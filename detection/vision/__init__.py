"""YOLO, tiles, boxes, training."""
