/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bytes as text. Erased flash and fast reads are long runs of one byte, so that a run of eight or
 * more is written once with its length: 06FF{255}A5. The text is never longer than plain hex.
 */
#include "record/data.h"

#include <string.h>

#define RUN_MIN 8

static const char digits[] = "0123456789ABCDEF";

static size_t
run_length(const uint8_t *bytes, size_t n)
{
	size_t run = 1;

	while (run < n && bytes[run] == bytes[0])
		run++;
	return run;
}

static char *
write_number(char *text, size_t number)
{
	char reversed[20];
	size_t n = 0;

	do
		reversed[n++] = (char)('0' + number % 10);
	while ((number /= 10) > 0);
	while (n > 0)
		*text++ = reversed[--n];
	return text;
}

size_t
record_data_write(char *text, const uint8_t *bytes, size_t n)
{
	char *at = text;

	for (size_t i = 0; i < n;) {
		size_t run = n - i >= RUN_MIN && bytes[i] == bytes[i + 1] &&
				bytes[i] == bytes[i + RUN_MIN - 1]
			? run_length(bytes + i, n - i)
			: 1;

		*at++ = digits[bytes[i] >> 4];
		*at++ = digits[bytes[i] & 15];
		if (run < RUN_MIN) {
			i++;
			continue;
		}
		*at++ = '{';
		at = write_number(at, run);
		*at++ = '}';
		i += run;
	}
	return (size_t)(at - text);
}

static int
digit_value(char digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	return digit >= 'A' && digit <= 'F' ? digit - 'A' + 10 : -1;
}

/* Reads "{COUNT}" at *text; 1 when there is none, 0 when it is wrong. */
static size_t
read_count(const char **text, const char *end)
{
	const char *at = *text;
	size_t count = 0;

	if (at == end || *at != '{')
		return 1;
	for (at++; at < end && *at >= '0' && *at <= '9' && count <= RECORD_DATA_MAX; at++)
		count = count * 10 + (size_t)(*at - '0');
	if (at == end || *at != '}')
		return 0;
	*text = at + 1;
	return count;
}

bool
record_data_read(const char *text, size_t length, uint8_t *bytes, size_t *n)
{
	const char *end = text + length;

	for (*n = 0; text < end;) {
		int high = digit_value(*text), low;
		size_t count;

		if (end - text < 2 || high < 0 || (low = digit_value(text[1])) < 0)
			return false;
		text += 2;
		count = read_count(&text, end);
		if (count == 0 || count > RECORD_DATA_MAX - *n)
			return false;
		memset(bytes + *n, high << 4 | low, count);
		*n += count;
	}
	return true;
}
