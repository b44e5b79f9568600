"""What is on paper and how it is printed: values, arrays and bytes in and out.

It knows the language of custody and nothing else of the house. It asks no clock and opens no connection: dates arrive
as arguments. The only files it reads are fonts.
"""
