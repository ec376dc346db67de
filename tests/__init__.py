"""Tests of keyfit: of the engine, and of each host through its real command."""
