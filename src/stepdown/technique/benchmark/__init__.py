"""Benchmarks of a coder on corpora that others hold: AnnoMI and POL-COM."""
