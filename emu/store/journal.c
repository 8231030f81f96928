/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The journal of an image, IMAGE.spinor-load: it exists while the content of the image is replaced
 * (image load, snapshot restore).
 *
 *	1  all pages that differ, and the text of the new state, go to a file without a name
 *	2  it gets its name
 *	3  its pages are written to the image, in the order of their addresses
 *	4  the state file is replaced (by the caller)
 *	5  the journal is removed
 *
 * A daemon that is killed before 2 leaves nothing, and later the journal. The next start compares
 * the pages of the image with the journal, which has a sum of each page's old and new content:
 *
 *	all old               the replacement had not begun: the journal is removed
 *	some old, some new    3 to 5 are done (again)
 *	any other one         the image has been changed by another program: the journal is removed
 *
 * So the content of an image that was restored from a backup meanwhile is not overwritten. Pages
 * are written with pwrite(), since a killed process cannot leave half a page then, other than with
 * a store to the mapping.
 *
 * Leaves out the loss of power. Nothing here waits for the disk, since other changes of the array
 * do not either; an incomplete journal, which its sums show, is removed. Leaves out a second name
 * of the image (hard link): the journal is beside the name that the daemon was given, or beside the
 * file that this symbolic link leads to.
 */
#include "store/journal.h"

#include "base/error.h"
#include "base/newfile.h"
#include "base/openfile.h"
#include "store/image.h"
#include "store/lost.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAGIC "spinor-load 1\n"
#define PAGE STORE_JOURNAL_PAGE

/* The file has this head, n_pages entries, the text of the state, and the pages; all numbers are
 * those of this machine. */
struct head {
	char magic[16];
	uint64_t size;
	uint64_t n_pages;
	uint64_t state_bytes; /* 0: none */
	uint64_t sum;         /* of the above, the entries and the text */
};

struct entry {
	uint64_t at;
	uint64_t old, new; /* sums of the page's content */
};

/* A journal in memory. */
typedef struct journal {
	struct head head;
	GArray *entries; /* struct entry */
	char *state;
	uint8_t *pages; /* of a file that was read; NULL: those of the content */
	const struct store_journal_content *content;
} journal;

const uint8_t *
store_journal_page_of_bytes(void *data, uint64_t at)
{
	return (const uint8_t *)data + at;
}

/* Not cryptographic: it detects accidents. */
static uint64_t
add_sum(uint64_t sum, const void *bytes, size_t n)
{
	const uint8_t *from = bytes;

	for (size_t i = 0; i < n; i += sizeof(uint64_t)) {
		uint64_t word = 0;

		memcpy(&word, from + i, MIN(n - i, sizeof word));
		sum = (sum ^ word) * UINT64_C(0x9e3779b97f4a7c15);
		sum ^= sum >> 32;
	}
	return sum;
}

/* Of four sums, which the processor computes at the same time. */
static uint64_t
sum_of_page(const uint8_t *page, size_t n)
{
	uint64_t sums[4] = {1, 2, 3, 4};
	uint64_t words[4];
	size_t at = 0;

	for (; at + sizeof words <= n; at += sizeof words) {
		memcpy(words, page + at, sizeof words);
		for (int i = 0; i < 4; i++) {
			sums[i] = (sums[i] ^ words[i]) * UINT64_C(0x9e3779b97f4a7c15);
			sums[i] ^= sums[i] >> 32;
		}
	}
	return add_sum(add_sum(n, sums, sizeof sums), page + at, n - at);
}

static uint64_t
sum_of_head(const struct journal *j)
{
	uint64_t sum = add_sum(1, &j->head, offsetof(struct head, sum));

	sum = add_sum(sum, j->entries->data, j->entries->len * sizeof(struct entry));
	return add_sum(sum, j->state, j->head.state_bytes);
}

static size_t
page_length(uint64_t size, uint64_t at)
{
	return (size_t)MIN(size - at, PAGE);
}

static struct journal *
new_journal(void)
{
	struct journal *j = g_new0(struct journal, 1);

	j->entries = g_array_new(FALSE, FALSE, sizeof(struct entry));
	return j;
}

static void
free_journal(struct journal *j)
{
	if (j == NULL)
		return;
	g_array_unref(j->entries);
	g_free(j->pages);
	g_free(j->state);
	g_free(j);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(journal, free_journal)

static const struct entry *
entry_at(const struct journal *j, size_t i)
{
	return &g_array_index(j->entries, struct entry, i);
}

/* The new content of page i. */
static const uint8_t *
page_at(const struct journal *j, size_t i)
{
	return j->pages != NULL ? j->pages + i * PAGE
				: j->content->page(j->content->data, entry_at(j, i)->at);
}

/* Pages from i that follow each other in the array and in memory; sets n to their bytes. */
static size_t
run_length(const struct journal *j, size_t i, size_t *n)
{
	const uint8_t *first = page_at(j, i);
	uint64_t at = entry_at(j, i)->at;
	size_t next = i + 1;

	*n = page_length(j->head.size, at);
	while (next < j->entries->len && entry_at(j, next)->at == at + *n &&
		page_at(j, next) == first + *n)
		*n += page_length(j->head.size, entry_at(j, next++)->at);
	return next - i;
}

/* The pages that differ; without sums if they need no file. */
static struct journal *
compare(const struct store_image *image, const struct store_journal_content *content, bool file)
{
	const uint8_t *array = store_image_array((struct store_image *)image);
	struct journal *j = new_journal();

	memcpy(j->head.magic, MAGIC, sizeof MAGIC);
	j->content = content;
	j->head.size = store_image_size(image);
	j->state = g_strdup(content->state);
	j->head.state_bytes = content->state != NULL ? strlen(content->state) : 0;
	for (uint64_t at = 0; at < j->head.size; at += PAGE) {
		const uint8_t *page = content->page(content->data, at);
		size_t n = page_length(j->head.size, at);
		struct entry entry = {.at = at};

		if (page == NULL || memcmp(array + at, page, n) == 0)
			continue;
		if (file) {
			entry.old = sum_of_page(array + at, n);
			entry.new = sum_of_page(page, n);
		}
		g_array_append_val(j->entries, entry);
	}
	j->head.n_pages = j->entries->len;
	j->head.sum = file ? sum_of_head(j) : 0;
	return j;
}

/* Writes the journal to a file. 0 or -errno. */
static int
write_journal(int fd, const struct journal *j)
{
	int code = base_write_all(fd, &j->head, sizeof j->head);
	size_t n;

	if (code == 0)
		code = base_write_all(fd, j->entries->data, j->entries->len * sizeof(struct entry));
	if (code == 0)
		code = base_write_all(fd, j->state, j->head.state_bytes);
	for (size_t i = 0, pages; code == 0 && i < j->entries->len; i += pages) {
		pages = run_length(j, i, &n);
		code = base_write_all(fd, page_at(j, i), n);
	}
	return code;
}

/* Writes bytes of the image. The mapping is for a file system that refuses the call. */
static void
put(struct store_image *image, uint64_t at, const uint8_t *from, size_t n)
{
	int fd = store_image_descriptor(image);

	for (size_t done = 0; fd >= 0 && n > 0;) {
		ssize_t written = pwrite(fd, from, n, (off_t)at);

		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			break;
		done = (size_t)written;
		from += done;
		at += done;
		n -= done;
	}
	memcpy(store_image_array(image) + at, from, n);
}

/* Writes all pages of the journal to the image; returns their bytes. */
static size_t
apply(struct store_image *image, const struct journal *j)
{
	size_t written = 0, n;

	for (size_t i = 0, pages; i < j->entries->len; i += pages) {
		pages = run_length(j, i, &n);
		put(image, entry_at(j, i)->at, page_at(j, i), n);
		written += n;
	}
	return written;
}

static char *
journal_path(const char *image_path)
{
	char *real = realpath(image_path, NULL);
	char *path = g_strconcat(real != NULL ? real : image_path, STORE_JOURNAL_SUFFIX, NULL);

	free(real);
	return path;
}

/* Gives the journal its name. False and an error: it can't be written. */
static bool
publish(const struct journal *j, const char *path, GError **error)
{
	struct base_newfile file;
	int code = base_newfile_open(&file, path, 0600);

	if (code == 0) {
		code = write_journal(file.fd, j);
		if (code == 0)
			code = base_newfile_link(&file, path);
		base_newfile_discard(&file);
	}
	if (code == 0)
		return true;
	g_set_error(error, BASE_ERROR, BASE_ERROR_FILE,
		"cannot replace the content: \"%s\": %s; its folder has to be writable and have "
		"space for the pages that differ, and that name has to be free",
		path, g_strerror(-code));
	return false;
}

bool
store_journal_replace(struct store_image *image, const struct store_journal_content *content,
	size_t *written, GError **error)
{
	bool file = store_image_is_written(image);
	g_autoptr(journal) j = compare(image, content, file);
	g_autofree char *path = file ? journal_path(store_image_path(image)) : NULL;
	size_t n;

	/* The state alone is replaced in one step. */
	if (j->entries->len == 0)
		g_clear_pointer(&path, g_free);
	if (path != NULL && !publish(j, path, error))
		return false;
	n = apply(image, j);
	if (content->applied != NULL)
		content->applied(content->applied_data);
	if (path != NULL)
		unlink(path);
	if (written != NULL)
		*written = n;
	return true;
}

/* A part of the file that begins at *left; NULL: the file is too short. */
static const void *
take(const uint8_t **at, size_t *left, uint64_t n)
{
	const uint8_t *part = *at;

	if (n > *left)
		return NULL;
	*at += n;
	*left -= (size_t)n;
	return part;
}

/* Checks addresses and sums of all pages. */
static bool
is_complete(const struct journal *j, size_t bytes)
{
	uint64_t next = 0, need = 0;

	for (size_t i = 0; i < j->entries->len; i++) {
		const struct entry *entry = entry_at(j, i);

		if (entry->at < next || entry->at >= j->head.size || entry->at % PAGE != 0)
			return false;
		next = entry->at + PAGE;
		need += page_length(j->head.size, entry->at);
		if (need > bytes ||
			sum_of_page(page_at(j, i), page_length(j->head.size, entry->at)) !=
				entry->new)
			return false;
	}
	return need == bytes;
}

/* The journal in those bytes, if it is complete and of an image of that size. */
static struct journal *
parse(const uint8_t *bytes, size_t left, uint64_t size)
{
	g_autoptr(journal) j = new_journal();
	const struct head *head = take(&bytes, &left, sizeof *head);
	const void *part;

	if (head == NULL || head->size != size || head->n_pages > size / PAGE + 1)
		return NULL;
	j->head = *head;
	part = take(&bytes, &left, head->n_pages * sizeof(struct entry));
	if (part == NULL)
		return NULL;
	g_array_append_vals(j->entries, part, (guint)j->head.n_pages);
	part = take(&bytes, &left, j->head.state_bytes);
	if (part == NULL)
		return NULL;
	j->state = g_strndup(part, (gsize)j->head.state_bytes);
	if (sum_of_head(j) != j->head.sum)
		return NULL;
	j->pages = g_memdup2(bytes, left);
	return is_complete(j, left) ? g_steal_pointer(&j) : NULL;
}

/* All bytes of a file that only this user or the owner of the image can have written; NULL: there
 * is none. */
static uint8_t *
read_file(const char *path, const char *image_path, size_t *n)
{
	int fd = base_open(path, O_RDONLY | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK, 0);
	g_autofree uint8_t *bytes = NULL;
	struct stat info, owner;
	size_t most;

	*n = 0;
	if (fd < 0)
		return NULL;
	if (fstat(fd, &info) == 0 && S_ISREG(info.st_mode) && stat(image_path, &owner) == 0 &&
		(info.st_uid == geteuid() || info.st_uid == owner.st_uid))
		bytes = g_try_malloc((gsize)info.st_size + 1);
	most = bytes != NULL ? (size_t)info.st_size : 0;
	while (*n < most) {
		ssize_t got = read(fd, bytes + *n, most - *n);

		if (got <= 0)
			break;
		*n += (size_t)got;
	}
	close(fd);
	return *n >= sizeof(struct head) && memcmp(bytes, MAGIC, sizeof MAGIC) == 0
		? g_steal_pointer(&bytes)
		: NULL;
}

/* What the image contains. */
enum found {
	FOUND_OLD,
	FOUND_BEGUN,
	FOUND_OTHER
};

static enum found
find(struct store_image *image, const struct journal *j)
{
	const uint8_t *array = store_image_array(image);
	enum found found = FOUND_OLD;

	for (size_t i = 0; i < j->entries->len; i++) {
		const struct entry *entry = entry_at(j, i);
		uint64_t sum = sum_of_page(array + entry->at, page_length(j->head.size, entry->at));

		if (sum == entry->new)
			found = FOUND_BEGUN;
		else if (sum != entry->old)
			return FOUND_OTHER;
	}
	return found;
}

static char *
describe(const char *path, enum found found)
{
	static const char *const what[] = {
		[FOUND_OLD] = "had not begun: the image has its old content",
		[FOUND_BEGUN] = "is complete now: the image has its new content",
		[FOUND_OTHER] = "does not fit the image, which another program has changed, and is "
				"not used",
	};

	return g_strdup_printf("the change of content that a killed spinord has left in \"%s\" %s",
		path, what[found]);
}

bool
store_journal_recover(struct store_image *image, const char *path, const char *state_path,
	char **state, char **message, GError **error)
{
	g_autofree char *name = journal_path(path);
	bool may_write = store_image_is_written(image);
	g_autofree uint8_t *bytes = NULL;
	g_autoptr(journal) j = NULL;
	enum found found = FOUND_OTHER;
	size_t n;
	int code = 0;

	if (may_write)
		base_newfile_clean(name);
	bytes = read_file(name, path, &n);
	if (bytes == NULL)
		return true;
	j = parse(bytes, n, store_image_size(image));
	if (j != NULL && !store_image_is_created(image))
		found = find(image, j);
	if (found == FOUND_BEGUN) {
		apply(image, j);
		if (may_write && j->head.state_bytes > 0)
			code = base_file_replace(
				state_path, j->state, j->head.state_bytes, 0644, true);
		else if (j->head.state_bytes > 0)
			*state = g_steal_pointer(&j->state);
	}
	if (code == 0 && may_write && unlink(name) < 0)
		code = -errno;
	if (code == 0) {
		*message = describe(name, found);
		return true;
	}
	g_set_error(error, BASE_ERROR, BASE_ERROR_FILE,
		"cannot complete the change of image \"%s\" that a killed spinord has left: %s; "
		"its folder has to be writable and have space",
		path, g_strerror(-code));
	return false;
}
