"""The curator's side."""
