/* SPDX-License-Identifier: GPL-2.0-or-later */
/* serprog, with each profile. */
#include "endpoint.h"
#include "fuzz.h"

#include "serprog/profile.h"
#include "serprog/serprog.h"

#include <string.h>

/* The profile whose name is next on a ring of 256: a new one changes the meaning of few inputs. */
static const struct serprog_profile *
profile_of(unsigned int form)
{
	size_t n;
	const struct serprog_profile *profiles = serprog_profiles(&n);
	const struct serprog_profile *nearest = profiles;
	unsigned int distance = 256;

	for (size_t i = 0; i < n; i++) {
		uint32_t place = fuzz_hash(profiles[i].name, strlen(profiles[i].name));
		unsigned int away = (uint8_t)(place - form);

		if (away < distance) {
			distance = away;
			nearest = &profiles[i];
		}
	}
	return nearest;
}

static void *
create(unsigned int form, struct clip *clip, struct base_clock *clock)
{
	return serprog_new(profile_of(form), clip, clock);
}

static void
destroy(void *firmware)
{
	serprog_destroy(firmware);
}

static struct base_endpoint
endpoint(void *firmware)
{
	return serprog_endpoint(firmware);
}

/* SYNCNOP. */
static const uint8_t *
sync(unsigned int form, size_t *n, const uint8_t **answer, size_t *n_answer)
{
	static const uint8_t host[] = {0x10};
	static const uint8_t usual[] = {0x15, 0x06}, reversed[] = {0x06, 0x15};
	const struct serprog_profile *profile = profile_of(form);

	*n = sizeof host;
	*answer = profile->sync_reversed ? reversed : usual;
	*n_answer = profile->commands & SERPROG_COMMAND(0x10) ? sizeof usual : 0;
	return host;
}

static bool
can_hang(unsigned int form)
{
	return profile_of(form)->clock_needed;
}

/* Each byte can be O_SPIOP or R_NBYTES with 2^24 - 1 bytes. */
static uint64_t
most(const uint8_t *data, size_t n)
{
	(void)data;
	return (uint64_t)n * ((UINT64_C(1) << 24) + 64);
}

const struct fuzz_endpoint fuzz_endpoint = {create, destroy, endpoint, sync, can_hang, most};
