"""A page on a busy machine is waited for as long as Playwright waits everywhere else."""

from playwright.sync_api import expect

expect.set_options(timeout=30_000)
