"""Tests of the renderers: golden files, and what must hold for any text."""
