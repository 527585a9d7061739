"""Scripted responders play a scenario thousands of times: is its label right, under the model?"""
