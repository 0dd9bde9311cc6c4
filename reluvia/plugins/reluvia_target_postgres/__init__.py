"""target-postgres: the loader of this project, on the sink of meltanolabs-target-postgres."""
