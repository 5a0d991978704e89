"""What authored files look like: their keys in order, their quotes and comments, their JSON Schema."""
