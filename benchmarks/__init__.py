"""Speed of the main job, beside the plain recipes, measured in the same run: `make bench`."""
