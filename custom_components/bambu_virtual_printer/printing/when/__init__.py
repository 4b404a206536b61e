"""What the planner has to know about time, from Home Assistant's entities and the household's clock.

windows      quiet hours as moments, from two times of day or a week of a schedule
prices       the price sensors whose forecasts are understood
states       conditions and power, from states
house        all of it together, followed as it changes
"""
