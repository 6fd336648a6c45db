# The commands of the project; each is a script in scripts/ that sets up what it needs first.

HOST ?= 127.0.0.1
PORT ?= 8000

.PHONY: help run up test check test-postgres bench fix

help:           ## List the commands
	@sed -n 's/^\([a-z-]*\):.*## /  make \1	/p' Makefile | expand -t 24

run:            ## Set up what is missing, start the site and its worker (PORT=8000, HOST=127.0.0.1)
	@HOST='$(HOST)' PORT='$(PORT)' exec scripts/run

up:             ## Start the site with Docker Compose, or bring it up to this version; settings are looked at first
	@scripts/up

test:           ## Set up what is missing, run every check and every test
	@scripts/test

check:          ## Style, types, architecture and the fast tests: under three minutes
	@scripts/check

fix:            ## Let the tools put right what they can
	@scripts/fix

test-postgres:  ## The fast tests on a real Postgres server, started for this only
	@scripts/test-postgres

bench:          ## Measure: time to play, to words, to cut; and the site behind nginx under load
	@scripts/setup test && .venv/bin/python -m benchmarks && .venv/bin/python -m benchmarks.load
