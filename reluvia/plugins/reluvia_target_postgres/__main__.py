"""Starts the loader: `python -m reluvia_target_postgres`, messages on stdin, committed states on stdout."""

from reluvia_target_postgres.target import TargetPostgres

if __name__ == "__main__":
    TargetPostgres.cli()
