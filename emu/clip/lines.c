/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The nets of the wires. Each line has two nodes, one at the adapter and one at the chip:
 *
 *   adapter            clip             chip
 *   drivers, pulls  o--------o  drivers, pulls
 *    CS# CLK MOSI   |  wire  |    MISO
 *                   stuck, short, open, on another pin
 *
 * Connected nodes are one net. Its level is the one that it is stuck at, or else that of its
 * drivers (low wins over high), or else that of its pulls; a net without any of these floats and
 * has a random level. The effect of a fault follows from the net alone: a chip whose CS# is open
 * sees the pull, so does a host whose MISO is open, and a clip on the wrong pins supplies no chip.
 *
 * Pulls without faults: up at CS# and MOSI, down at CLK of the chip; up at MISO, WP# and HOLD# of
 * the adapter. Pulls of faults are stronger. WP# and HOLD# of the chip have the pulls of the part.
 * VCC and ground win over all drivers. A chip has its supply when its VCC and ground pins are
 * connected to those of the adapter and nothing shorts them. Leaves out a chip that lives from the
 * current through its other pins: it is off.
 *
 * Where a chip stops driving MISO within its data, as some do after their ID, it counts as driving
 * ones.
 */
#include "clip/internal.h"

#include <string.h>

#include "base/clock.h"
#include "flash/flash.h"
#include "flash/partdata.h"

/* The time is read only where it is needed. */
#define NOW (-1)

/* Nets by union: the parent of each node leads to another one of its net. */
struct clip_nets {
	uint8_t parent[NODES];
	int8_t strength[NODES]; /* of the pull: 1 by design, 2 by fault */
	struct clip_source nodes[NODES];
	unsigned int open; /* lines, bits 1 << line */
};

static unsigned int
find(const struct clip_nets *nets, unsigned int node)
{
	while (nets->parent[node] != node)
		node = nets->parent[node];
	return node;
}

static void
join(struct clip_nets *nets, unsigned int a, unsigned int b)
{
	nets->parent[find(nets, a)] = (uint8_t)find(nets, b);
}

static void
connect(const struct clip *clip, unsigned int cs, struct clip_nets *nets)
{
	for (unsigned int line = 0; line < CLIP_LINES; line++) {
		int contact = clip_geometry_contact(clip, cs, (enum clip_line)line);

		if (contact >= 0 && !(nets->open & 1u << contact))
			join(nets, NODE(CLIP_HOST, (unsigned int)contact), NODE(CLIP_CHIP, line));
	}
}

static void
pull(struct clip_nets *nets, unsigned int node, enum flash_level level, int8_t strength)
{
	nets->nodes[node].pull = level;
	nets->strength[node] = strength;
}

/* The drivers and pulls of every node without faults. */
static void
equip(const struct clip_outside *outside, struct clip_nets *nets)
{
	struct clip_source *nodes = nets->nodes;

	nets->open = 0;
	for (unsigned int node = 0; node < NODES; node++) {
		nodes[node] = (struct clip_source){
			.dominant = -1,
			.forced = -1,
			.pull = FLASH_FLOATING,
		};
		nets->strength[node] = 0;
		nets->parent[node] = (uint8_t)node;
	}
	nodes[NODE(CLIP_HOST, CLIP_CS)].drivers = 1 << CLIP_CS;
	nodes[NODE(CLIP_HOST, CLIP_CLK)].drivers = 1 << CLIP_CLK;
	nodes[NODE(CLIP_HOST, CLIP_MOSI)].drivers = 1 << CLIP_MOSI;
	nodes[NODE(CLIP_CHIP, CLIP_MISO)].drivers = 1 << CLIP_MISO;
	pull(nets, NODE(CLIP_CHIP, CLIP_CS), FLASH_HIGH, 1);
	pull(nets, NODE(CLIP_CHIP, CLIP_MOSI), FLASH_HIGH, 1);
	pull(nets, NODE(CLIP_CHIP, CLIP_CLK), FLASH_LOW, 1);
	pull(nets, NODE(CLIP_HOST, CLIP_MISO), FLASH_HIGH, 1);
	pull(nets, NODE(CLIP_HOST, CLIP_WP), outside->levels[CLIP_WP], 1);
	pull(nets, NODE(CLIP_HOST, CLIP_HOLD), outside->levels[CLIP_HOLD], 1);
	nodes[NODE(CLIP_HOST, CLIP_GND)].forced = 0;
	nodes[NODE(CLIP_HOST, CLIP_VCC)].forced = 1;
}

static unsigned int
node_of(const struct clip_active_fault *fault)
{
	return NODE(fault->as.side, fault->as.line);
}

void
clip_lines_open(const struct clip_active_fault *fault, struct clip_nets *nets)
{
	nets->open |= 1u << fault->as.line;
}

void
clip_lines_open_now(const struct clip_active_fault *fault, struct clip_nets *nets)
{
	if (fault->open)
		clip_lines_open(fault, nets);
}

void
clip_lines_short(const struct clip_active_fault *fault, struct clip_nets *nets)
{
	if (fault->as.dominates)
		nets->nodes[node_of(fault)].dominant = (int8_t)fault->as.line;
	join(nets, node_of(fault), NODE(fault->as.side, fault->as.line2));
}

void
clip_lines_force_0(const struct clip_active_fault *fault, struct clip_nets *nets)
{
	nets->nodes[node_of(fault)].forced = 0;
}

void
clip_lines_force_1(const struct clip_active_fault *fault, struct clip_nets *nets)
{
	nets->nodes[node_of(fault)].forced = 1;
}

void
clip_lines_pull_up(const struct clip_active_fault *fault, struct clip_nets *nets)
{
	pull(nets, node_of(fault), FLASH_HIGH, 2);
}

void
clip_lines_pull_down(const struct clip_active_fault *fault, struct clip_nets *nets)
{
	pull(nets, node_of(fault), FLASH_LOW, 2);
}

void
clip_lines_pull_none(const struct clip_active_fault *fault, struct clip_nets *nets)
{
	pull(nets, node_of(fault), FLASH_FLOATING, 2);
}

/* in_operation: with the faults that wait for one to hold CS#. */
static void
spoil(const struct clip *clip, unsigned int cs, bool in_operation, struct clip_nets *nets)
{
	for (guint i = 0; i < clip_n_faults(clip); i++) {
		const struct clip_active_fault *fault = clip_active(clip, i);
		bool waits = in_operation && clip_others_has_own_line(fault) &&
			fault->as.when.selects && clip_trigger_is_due(clip, fault);

		if ((fault->in_force || waits) && fault->row->wire &&
			clip_others_concerns(fault, cs))
			fault->row->wire(fault, nets);
	}
}

/* The stronger of two pulls wins; of two equal ones up wins, and any wins over none. */
static void
add_pull(struct clip_source *net, int8_t *strength, const struct clip_source *node, int8_t more)
{
	if (more < *strength || (more == *strength && net->pull == FLASH_HIGH))
		return;
	if (more == *strength && node->pull == FLASH_FLOATING)
		return;
	net->pull = node->pull;
	*strength = more;
}

static struct clip_source
gather(const struct clip_nets *nets, unsigned int root)
{
	struct clip_source net = {.dominant = -1, .forced = -1, .pull = FLASH_FLOATING};
	const struct clip_source *nodes = nets->nodes;
	int8_t strength = 0;

	for (unsigned int node = 0; node < NODES; node++) {
		if (find(nets, node) != root)
			continue;
		net.drivers |= nodes[node].drivers;
		net.dominant = MAX(net.dominant, nodes[node].dominant);
		if (nodes[node].forced >= 0)
			net.forced = net.forced < 0 ? nodes[node].forced
						    : MIN(net.forced, nodes[node].forced);
		add_pull(&net, &strength, &nodes[node], nets->strength[node]);
	}
	return net;
}

static void
build(const struct clip *clip, unsigned int cs, bool in_operation, struct clip_nets *nets)
{
	equip(&clip->outside[cs], nets);
	spoil(clip, cs, in_operation, nets);
	connect(clip, cs, nets);
}

struct clip_source
clip_lines_cs_in_operation(const struct clip *clip, unsigned int cs)
{
	struct clip_nets nets;

	build(clip, cs, true, &nets);
	return gather(&nets, find(&nets, NODE(CLIP_CHIP, CLIP_CS)));
}

static void
derive_for(struct clip *clip, unsigned int cs)
{
	struct clip_wires *wires = clip->faulty;
	struct clip_nets nets;
	unsigned int vcc, ground;

	build(clip, cs, false, &nets);
	wires->open[cs] = (uint8_t)nets.open;
	for (unsigned int node = 0; node < NODES; node++)
		wires->sources[cs][node] = gather(&nets, find(&nets, node));
	vcc = NODE(CLIP_HOST, CLIP_VCC);
	ground = NODE(CLIP_HOST, CLIP_GND);
	wires->powered = find(&nets, vcc) != find(&nets, ground) &&
		find(&nets, NODE(CLIP_CHIP, CLIP_VCC)) == find(&nets, vcc) &&
		find(&nets, NODE(CLIP_CHIP, CLIP_GND)) == find(&nets, ground) &&
		wires->sources[cs][NODE(CLIP_CHIP, CLIP_VCC)].forced == 1;
}

/* The first line with the same package, levels at the adapter and faults as cs: a lower one, or cs
 * itself. */
static unsigned int
like(const struct clip *clip, unsigned int cs)
{
	const struct clip_outside *outside = clip->outside;

	for (guint i = 0; i < clip_n_faults(clip); i++)
		if (clip_active(clip, i)->as.when.selects &&
			clip_others_has_own_line(clip_active(clip, i)))
			return cs;
	for (unsigned int other = 0; other < cs; other++)
		if (clip_geometry_package(clip, other) == clip_geometry_package(clip, cs) &&
			outside[other].levels[CLIP_WP] == outside[cs].levels[CLIP_WP] &&
			outside[other].levels[CLIP_HOLD] == outside[cs].levels[CLIP_HOLD])
			return other;
	return cs;
}

void
clip_lines_derive(struct clip *clip)
{
	struct clip_wires *wires = clip->faulty;

	for (unsigned int cs = 0; cs < CLIP_SELECTS; cs++) {
		unsigned int other = like(clip, cs);

		if (other == cs) {
			derive_for(clip, cs);
			continue;
		}
		memcpy(wires->sources[cs], wires->sources[other], sizeof wires->sources[cs]);
		wires->open[cs] = wires->open[other];
	}
	wires->held = clip_others_find(clip);
}

const struct clip_source *
clip_lines_source(const struct clip *clip, unsigned int node)
{
	return &clip->faulty->sources[clip->faulty->cs][node];
}

unsigned int
clip_lines_driven(const struct clip *clip)
{
	const struct clip_wires *wires = clip->faulty;
	unsigned int driven = 0;

	if (clip->drivers)
		driven = 1 << CLIP_CS | 1 << CLIP_CLK | 1 << CLIP_MOSI;
	if (wires->low && wires->drives)
		driven |= 1 << CLIP_MISO;
	return driven;
}

/* The node of the chip on line cs. */
static uint8_t
value_for(struct clip *clip, unsigned int cs, unsigned int node, const uint8_t *levels)
{
	struct clip_wires *wires = clip->faulty;
	const struct clip_source *source = &wires->sources[cs][node];
	unsigned int drivers = source->drivers & clip_lines_driven(clip);
	uint8_t value = 0xff;

	if (source->forced >= 0)
		return source->forced ? 0xff : 0;
	if (source->dominant >= 0 && drivers & 1u << source->dominant)
		return levels[source->dominant];
	if (drivers) {
		for (; drivers; drivers &= drivers - 1)
			value &= levels[g_bit_nth_lsf(drivers, -1)];
		return value;
	}
	if (source->pull != FLASH_FLOATING)
		return source->pull == FLASH_HIGH ? 0xff : 0;
	if (node == NODE(CLIP_CHIP, CLIP_CS))
		return wires->floating_cs & 1u << cs ? 0xff : 0;
	return (uint8_t)base_random_next(&wires->noise);
}

uint8_t
clip_lines_value(struct clip *clip, unsigned int node, const uint8_t *levels)
{
	return value_for(clip, clip->faulty->cs, node, levels);
}

bool
clip_lines_cs(struct clip *clip, unsigned int cs, const uint8_t *levels)
{
	uint8_t own[CLIP_LINES];

	memcpy(own, levels, sizeof own);
	own[CLIP_CS] = clip->selected == (int)cs ? 0 : 0xff;
	return value_for(clip, cs, NODE(CLIP_CHIP, CLIP_CS), own) & 1;
}

static enum flash_level
level_from(const struct clip *clip, const struct clip_source *source, unsigned int levels)
{
	unsigned int drivers = source->drivers & clip_lines_driven(clip);

	if (source->forced >= 0)
		return source->forced ? FLASH_HIGH : FLASH_LOW;
	if (source->dominant >= 0 && drivers & 1u << source->dominant)
		return levels & 1u << source->dominant ? FLASH_HIGH : FLASH_LOW;
	if (drivers)
		return (levels & drivers) == drivers ? FLASH_HIGH : FLASH_LOW;
	return source->pull;
}

enum flash_level
clip_lines_level(const struct clip *clip, unsigned int node, unsigned int levels)
{
	return level_from(clip, clip_lines_source(clip, node), levels);
}

enum flash_pin
clip_lines_pin(enum clip_line line)
{
	return line == CLIP_WP ? FLASH_PIN_WP : FLASH_PIN_HOLD;
}

/* at_ns: or NOW. */
static void
catch_up(const struct clip *clip, unsigned int cs, int64_t at_ns)
{
	flash_tick(clip->chips[cs], at_ns == NOW ? base_clock_now(clip->clock) : at_ns);
}

static void
show_pin(struct clip *clip, unsigned int cs, enum clip_line line, int64_t at_ns)
{
	const struct clip_source *source = &clip->faulty->sources[cs][NODE(CLIP_CHIP, line)];
	enum flash_level level = level_from(clip, source, clip->selected >= 0 ? 0 : 1 << CLIP_CS);

	if (level == flash_pin_level(clip->chips[cs], clip_lines_pin(line)))
		return;
	catch_up(clip, cs, at_ns);
	flash_pin(clip->chips[cs], clip_lines_pin(line), level);
}

static void
show_supply(const struct clip *clip, unsigned int cs, int64_t at_ns)
{
	catch_up(clip, cs, at_ns);
	flash_supply(clip->chips[cs], clip->faulty->supplied ? clip_supply(clip, cs) : 0);
}

void
clip_lines_show_at(struct clip *clip, int64_t at_ns)
{
	struct clip_wires *wires = clip->faulty;
	bool changed = wires->powered != wires->supplied;

	wires->supplied = wires->powered;
	for (unsigned int cs = 0; cs < CLIP_SELECTS; cs++) {
		if (!clip->chips[cs])
			continue;
		show_pin(clip, cs, CLIP_WP, at_ns);
		show_pin(clip, cs, CLIP_HOLD, at_ns);
		if (changed)
			show_supply(clip, cs, at_ns);
	}
}

void
clip_lines_show(struct clip *clip)
{
	clip_lines_show_at(clip, NOW);
}

void
clip_lines_attach(struct clip *clip, unsigned int cs)
{
	show_pin(clip, cs, CLIP_WP, NOW);
	show_pin(clip, cs, CLIP_HOLD, NOW);
	if (!clip->faulty->supplied)
		show_supply(clip, cs, NOW);
}

void
clip_lines_restore(struct clip *clip, unsigned int cs)
{
	catch_up(clip, cs, NOW);
	flash_pin(clip->chips[cs], FLASH_PIN_WP, clip_level(clip, cs, CLIP_WP));
	flash_pin(clip->chips[cs], FLASH_PIN_HOLD, clip_level(clip, cs, CLIP_HOLD));
	if (!clip->faulty->supplied)
		flash_supply(clip->chips[cs], clip_supply(clip, cs));
}

static bool
concerns(const struct clip_active_fault *fault, enum clip_line line)
{
	const struct clip_fault_row *row = fault->row;

	return row->lines ? row->lines(&fault->as) & 1u << line : fault->as.line == line;
}

/* The supply at the adapter's side is enough for the chip. */
static bool
is_fed(const struct clip *clip, unsigned int cs)
{
	return !clip->chips[cs] || clip_supply(clip, cs) >= flash_part(clip->chips[cs])->vcc_min_mv;
}

static enum flash_level
sound_level(const struct clip *clip, unsigned int cs, enum clip_line line)
{
	switch (line) {
	case CLIP_CS:
		return clip->drivers && clip->selected == (int)cs ? FLASH_LOW : FLASH_HIGH;
	case CLIP_MISO:
		return FLASH_HIGH;
	case CLIP_VCC:
		return is_fed(clip, cs) ? FLASH_HIGH : FLASH_LOW;
	case CLIP_MOSI:
		return clip->drivers ? FLASH_LOW : FLASH_HIGH;
	case CLIP_WP:
	case CLIP_HOLD:
		return clip->outside[cs].levels[line];
	default:
		return FLASH_LOW;
	}
}

/* For display: a net with VCC is low while the supply is off. */
static enum flash_level
shown_level(const struct clip *clip, unsigned int cs, unsigned int node, unsigned int levels)
{
	const struct clip_source *source = &clip->faulty->sources[cs][node];

	return source->forced > 0 && !is_fed(clip, cs) ? FLASH_LOW
						       : level_from(clip, source, levels);
}

void
clip_line_state(const struct clip *clip, unsigned int cs, enum clip_line line,
	struct clip_line_state *state)
{
	const struct clip_wires *wires = clip->faulty;
	unsigned int levels = clip->selected == (int)cs ? 0 : 1 << CLIP_CS;

	*state = (struct clip_line_state){0};
	if ((size_t)line >= CLIP_LINES || cs >= CLIP_SELECTS)
		return;
	state->host = state->chip = sound_level(clip, cs, line);
	state->pin = 1 + (unsigned int)clip_geometry_pin(clip_geometry_package(clip, cs), line);
	state->contact = (int)line;
	state->contact_level = state->host;
	if (!wires)
		return;
	state->contact = clip_geometry_contact(clip, cs, line);
	state->open = state->contact >= 0 && wires->open[cs] & 1u << state->contact;
	if (wires->miso)
		levels |= 1 << CLIP_MISO;
	state->host = shown_level(clip, cs, NODE(CLIP_HOST, line), levels);
	state->chip = shown_level(clip, cs, NODE(CLIP_CHIP, line), levels);
	state->contact_level = state->contact >= 0
		? shown_level(clip, cs, NODE(CLIP_HOST, (unsigned int)state->contact), levels)
		: FLASH_FLOATING;
	if (line == CLIP_CS) {
		const struct clip_source source = clip_lines_cs_in_operation(clip, cs);

		/* A second master can hold it low without the adapter. */
		state->chip = wires->low & 1u << cs ? FLASH_LOW : level_from(clip, &source, levels);
	}
	for (guint i = 0; i < clip_n_faults(clip); i++) {
		const struct clip_active_fault *fault = clip_active(clip, i);

		if (line == CLIP_MISO
				? !concerns(fault, line) && !clip_others_answer(clip, fault, cs)
				: !concerns(fault, line) || !clip_others_concerns(fault, cs))
			continue;
		if (fault->in_force) {
			state->fault_id = fault->base.id;
			break;
		}
		if (state->fault_id == 0)
			state->fault_id = fault->base.id;
	}
}
