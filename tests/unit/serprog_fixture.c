/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Real chips on a real clip behind the adapter under test, without a line in front of it: the test
 * passes the bytes that a port would carry. The chips are always ready and record the frames that
 * they receive.
 */
#include "serprog_fixture.h"

#include "clip/clip.h"
#include "flash/flash.h"
#include "flash/partdata.h"
#include "serprog/profile.h"
#include "serprog/serprog.h"

#include <check.h>
#include <stdlib.h>

static const struct flash_part part = {
	.name = "TEST",
	.vendor = "spinor",
	.size = RIG_ARRAY_SIZE,
	.page_size = 256,
	.address_bytes = 3,
	.wrsr_bytes = 1,
	.vcc_min_mv = 2700,
	.vcc_max_mv = 3600,
	.id = {0xef, 0x40, 0x18},
	.id_length = 3,
	.id_tail = FLASH_ID_REPEAT,
	.status = {{{.function = FLASH_BIT_BUSY}, {.function = FLASH_BIT_WEL}}},
	.commands = {{"RDID", -1}, {"RDSR1", -1}, {"WREN", -1}, {"READ", -1}, {"PP", -1}},
	.n_commands = 5,
};

static void
see(void *data, const struct flash_event *event)
{
	const struct rig_eye *eye = data;
	GString *seen = eye->rig->seen;

	if (event->kind != FLASH_EVENT_COMMAND)
		return;
	if (eye->name)
		g_string_append_c(seen, eye->name);
	g_string_append_printf(
		seen, "%02x+%u ", (unsigned int)event->opcode & 0xff, (unsigned int)event->length);
}

uint8_t
rig_pattern(size_t address)
{
	return (uint8_t)(address * 7 + address / 256);
}

struct rig *
rig_new(const struct serprog_profile *profile, enum base_clock_mode mode, unsigned int n_chips)
{
	struct rig *rig = g_new0(struct rig, 1);

	rig->profile = profile;
	base_clock_init(&rig->clock, mode);
	rig->array = g_malloc((size_t)n_chips * RIG_ARRAY_SIZE);
	for (size_t i = 0; i < (size_t)n_chips * RIG_ARRAY_SIZE; i++)
		rig->array[i] = rig_pattern(i % RIG_ARRAY_SIZE);
	rig->seen = g_string_new(NULL);
	rig->got = g_byte_array_new();
	rig->clip = clip_new(&rig->clock);
	for (unsigned int i = 0; i < n_chips; i++) {
		rig->chips[i] = flash_new(&part, rig->array + (size_t)i * RIG_ARRAY_SIZE, i);
		flash_set_corner(rig->chips[i], FLASH_CORNER_INSTANT);
		rig->eyes[i] = (struct rig_eye){rig, n_chips > 1 ? (char)('a' + i) : 0};
		flash_set_listener(rig->chips[i],
			&(struct flash_listener){.event = see, .data = &rig->eyes[i]});
	}
	clip_attach(rig->clip, 0, rig->chips[0]);
	rig->adapter = serprog_new(profile, rig->clip, &rig->clock);
	rig->port = serprog_endpoint(rig->adapter);
	rig->port.ops->host_opened(rig->port.self);
	return rig;
}

void
rig_free(struct rig *rig)
{
	rig->port.ops->host_closed(rig->port.self);
	serprog_destroy(rig->adapter);
	clip_destroy(rig->clip);
	for (unsigned int i = 0; i < RIG_CHIPS; i++)
		g_clear_pointer(&rig->chips[i], flash_destroy);
	g_byte_array_unref(rig->got);
	g_string_free(rig->seen, TRUE);
	g_free(rig->array);
	g_free(rig);
}

bool
rig_fetch(struct rig *rig, size_t room)
{
	uint8_t out[8192];
	size_t n = rig->port.ops->give(rig->port.self, out, MIN(room, sizeof out));

	ck_assert_uint_le(n, room);
	g_byte_array_append(rig->got, out, (guint)n);
	return n > 0;
}

GByteArray *
rig_from_hex(const char *text)
{
	GByteArray *bytes = g_byte_array_new();

	while (*text) {
		char *after = NULL;
		unsigned long times = 1;
		uint8_t byte;

		if (*text == ' ') {
			text++;
			continue;
		}
		ck_assert_msg(g_ascii_isxdigit(text[0]) && g_ascii_isxdigit(text[1]), "%s", text);
		byte = (uint8_t)(g_ascii_xdigit_value(text[0]) << 4 |
			g_ascii_xdigit_value(text[1]));
		text += 2;
		if (*text == '*') {
			times = strtoul(text + 1, &after, 10);
			text = after;
		}
		while (times-- > 0)
			g_byte_array_append(bytes, &byte, 1);
	}
	return bytes;
}

char *
rig_to_hex(const GByteArray *bytes)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < bytes->len; i++)
		g_string_append_printf(text, "%02x", bytes->data[i]);
	return g_string_free(text, FALSE);
}
