/*
 * Loaded before the C library, by LD_PRELOAD: lets a test look at every operation on the files
 * below one folder, native code's as well as Java's, and let a process fail at any of them. What it
 * does is said by variables of the environment:
 *
 *   FAULT_FOLDER      the folder, absolute; only operations on files in it count
 *   FAULT_JOURNAL     a file to which each operation that changes something is written
 *   FAULT_KILL        "KIND PART COUNT WHEN": ends the process as kill -9 does, before or after
 *                     (WHEN) the COUNTth (from 1) operation of KIND (write, sync, name, any) on a
 *                     path that has PART in it ("-" for any)
 *   FAULT_SYNC        while that file is there, syncs fail with EIO
 *   FAULT_WRITE       while that file is there, writes into FAULT_FOLDER fail with EIO
 *   FAULT_CLOCK       a file of 8 bytes: by so many milliseconds the wall clock is wrong
 *
 * Operations on the folder are done one at a time, so that the journal has them in their order.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char folder[PATH_MAX];
static size_t folder_length;
static int journal = -1;
static char kill_kind[16], kill_part[64], kill_when[16];
static long kill_count;
static const char *sync_fault, *write_fault;
static volatile int64_t *clock_offset;

static void set_up(void) __attribute__((constructor));

static int open_raw(const char *path, int flags, int mode) {
  return (int) syscall(SYS_openat, AT_FDCWD, path, flags | O_CLOEXEC, mode);
}

static void set_up(void) {
  const char *value = getenv("FAULT_FOLDER");
  if (value != NULL) {
    snprintf(folder, sizeof folder, "%s", value);
    folder_length = strlen(folder);
  }
  value = getenv("FAULT_JOURNAL");
  if (value != NULL) journal = open_raw(value, O_WRONLY | O_CREAT | O_APPEND, 0600);
  value = getenv("FAULT_KILL");
  if (value != NULL
      && sscanf(value, "%15s %63s %ld %15s", kill_kind, kill_part, &kill_count, kill_when) != 4) {
    abort();
  }
  sync_fault = getenv("FAULT_SYNC");
  write_fault = getenv("FAULT_WRITE");
  value = getenv("FAULT_CLOCK");
  if (value != NULL) {
    int fd = open_raw(value, O_RDONLY, 0);
    void *mapped = mmap(NULL, 8, PROT_READ, MAP_SHARED, fd, 0);
    if (mapped == MAP_FAILED) abort();
    clock_offset = mapped;
  }
}

/* ---- which operations count */

static const char *inside(const char *path) {
  if (folder_length == 0 || strncmp(path, folder, folder_length) != 0) return NULL;
  if (path[folder_length] == '\0') return path + folder_length;
  return path[folder_length] == '/' ? path + folder_length + 1 : NULL;
}

/* The path of an open file, in the folder; NULL for one outside of it, or without a name. */
static const char *path_of(int fd, char *buffer) {
  if (folder_length == 0) return NULL;
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, buffer, PATH_MAX - 1);
  if (length < 0) return NULL;
  buffer[length] = '\0';
  return strstr(buffer, " (deleted)") != NULL ? NULL : inside(buffer);
}

static const char *path_at(int directory, const char *name, char *buffer) {
  if (folder_length == 0) return NULL;
  if (name[0] == '/') return inside(name);
  char base[PATH_MAX];
  if (directory == AT_FDCWD) {
    if (getcwd(base, sizeof base) == NULL) return NULL;
  } else {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", directory);
    ssize_t length = readlink(link, base, sizeof base - 1);
    if (length < 0) return NULL;
    base[length] = '\0';
  }
  if (snprintf(buffer, PATH_MAX, "%s/%s", base, name) >= PATH_MAX) return NULL;
  return inside(buffer);
}

static int is_there(const char *file) {
  return file != NULL && syscall(SYS_faccessat, AT_FDCWD, file, F_OK) == 0;
}

/* ---- what is done about them */

static void end_if(const char *kind, const char *path, const char *when) {
  static long seen_before, seen_after;
  if (kill_count == 0 || (strcmp(kill_kind, "any") != 0 && strcmp(kill_kind, kind) != 0)) return;
  if (strcmp(kill_part, "-") != 0 && strstr(path, kill_part) == NULL) return;
  long *seen = when[0] == 'b' ? &seen_before : &seen_after;
  if (++*seen == kill_count && strcmp(kill_when, when) == 0) {
    syscall(SYS_kill, getpid(), SIGKILL);
    for (;;) pause();
  }
}

/* kind, length of both paths, offset, length of the data; then those; in the machine's order. */
static void note(char kind, const char *path, const char *other, int64_t offset, const void *data,
                 int64_t length) {
  if (journal < 0) return;
  struct __attribute__((packed)) {
    char kind;
    uint16_t path, other;
    int64_t offset, length;
  } head = {kind, (uint16_t) strlen(path), (uint16_t) strlen(other), offset, length};
  struct iovec parts[4] = {{&head, sizeof head},
                           {(void *) path, head.path},
                           {(void *) other, head.other},
                           {(void *) data, (size_t) length}};
  ssize_t all = (ssize_t) (sizeof head + head.path + head.other + (size_t) length);
  if (syscall(SYS_writev, journal, parts, 4) != all) abort();
}

static void begin(const char *kind, const char *path) {
  pthread_mutex_lock(&lock);
  end_if(kind, path, "before");
}

static void finish(const char *kind, const char *path) {
  int error = errno;
  end_if(kind, path, "after");
  pthread_mutex_unlock(&lock);
  errno = error;
}

/* ---- contents */

static ssize_t write_to(int fd, const void *data, size_t length, off64_t at) {
  char buffer[PATH_MAX];
  const char *path = path_of(fd, buffer);
  if (path == NULL) {
    return at < 0 ? syscall(SYS_write, fd, data, length)
                  : syscall(SYS_pwrite64, fd, data, length, at);
  }
  if (is_there(write_fault)) {
    errno = EIO;
    return -1;
  }
  begin("write", path);
  off64_t from = at;
  if (at < 0) {
    struct stat64 status;
    from = (fcntl(fd, F_GETFL) & O_APPEND) != 0 && fstat64(fd, &status) == 0
               ? status.st_size
               : lseek64(fd, 0, SEEK_CUR);
  }
  ssize_t written = at < 0 ? syscall(SYS_write, fd, data, length)
                           : syscall(SYS_pwrite64, fd, data, length, at);
  if (written > 0) note('W', path, "", from, data, written);
  finish("write", path);
  return written;
}

ssize_t write(int fd, const void *data, size_t length) { return write_to(fd, data, length, -1); }
ssize_t pwrite(int fd, const void *data, size_t length, off_t at) {
  return write_to(fd, data, length, at);
}
ssize_t pwrite64(int fd, const void *data, size_t length, off64_t at) {
  return write_to(fd, data, length, at);
}

/* Who may not copy so, copies by reading and writing. */
ssize_t copy_file_range(int in, off64_t *from, int out, off64_t *to, size_t length, unsigned flags) {
  char buffer[PATH_MAX];
  if (path_of(out, buffer) != NULL) {
    errno = EXDEV;
    return -1;
  }
  return syscall(SYS_copy_file_range, in, from, out, to, length, flags);
}

ssize_t sendfile64(int out, int in, off64_t *from, size_t length) {
  char buffer[PATH_MAX];
  if (path_of(out, buffer) != NULL) {
    errno = EINVAL;
    return -1;
  }
  return syscall(SYS_sendfile, out, in, from, length);
}

static int truncate_to(int fd, off64_t size) {
  char buffer[PATH_MAX];
  const char *path = path_of(fd, buffer);
  if (path == NULL) return (int) syscall(SYS_ftruncate, fd, size);
  begin("write", path);
  int result = (int) syscall(SYS_ftruncate, fd, size);
  if (result == 0) note('T', path, "", size, "", 0);
  finish("write", path);
  return result;
}

int ftruncate(int fd, off_t size) { return truncate_to(fd, size); }
int ftruncate64(int fd, off64_t size) { return truncate_to(fd, size); }

static int sync_by(long call, int fd) {
  if (is_there(sync_fault)) {
    errno = EIO;
    return -1;
  }
  char buffer[PATH_MAX];
  const char *path = path_of(fd, buffer);
  if (path == NULL) return (int) syscall(call, fd);
  begin("sync", path);
  int result = (int) syscall(call, fd);
  if (result == 0) note('S', path, "", 0, "", 0);
  finish("sync", path);
  return result;
}

int fsync(int fd) { return sync_by(SYS_fsync, fd); }
int fdatasync(int fd) { return sync_by(SYS_fdatasync, fd); }

/* ---- names */

static int open_at(int directory, const char *name, int flags, int mode) {
  char buffer[PATH_MAX];
  const char *path = (flags & (O_CREAT | O_TRUNC)) == 0 ? NULL : path_at(directory, name, buffer);
  if (path == NULL) return (int) syscall(SYS_openat, directory, name, flags, mode);
  begin("name", path);
  int was_there = syscall(SYS_faccessat, directory, name, F_OK) == 0;
  int fd = (int) syscall(SYS_openat, directory, name, flags, mode);
  if (fd >= 0) {
    if (!was_there) {
      note('C', path, "", 0, "", 0);
    } else if ((flags & O_TRUNC) != 0) {
      note('T', path, "", 0, "", 0);
    }
  }
  finish("name", path);
  return fd;
}

#define MODE_OF(flags)                    \
  int mode = 0;                           \
  if (((flags) & O_CREAT) != 0) {         \
    va_list rest;                         \
    va_start(rest, flags);                \
    mode = va_arg(rest, int);             \
    va_end(rest);                         \
  }

int open(const char *name, int flags, ...) {
  MODE_OF(flags)
  return open_at(AT_FDCWD, name, flags, mode);
}
int open64(const char *name, int flags, ...) {
  MODE_OF(flags)
  return open_at(AT_FDCWD, name, flags, mode);
}
int openat(int directory, const char *name, int flags, ...) {
  MODE_OF(flags)
  return open_at(directory, name, flags, mode);
}
int openat64(int directory, const char *name, int flags, ...) {
  MODE_OF(flags)
  return open_at(directory, name, flags, mode);
}

int renameat(int from_directory, const char *from, int to_directory, const char *to) {
  char buffer[PATH_MAX], other_buffer[PATH_MAX];
  const char *path = path_at(from_directory, from, buffer);
  const char *other = path_at(to_directory, to, other_buffer);
  if (path == NULL || other == NULL) {
    return (int) syscall(SYS_renameat2, from_directory, from, to_directory, to, 0);
  }
  begin("name", other);
  int result = (int) syscall(SYS_renameat2, from_directory, from, to_directory, to, 0);
  if (result == 0) note('R', path, other, 0, "", 0);
  finish("name", other);
  return result;
}
int rename(const char *from, const char *to) { return renameat(AT_FDCWD, from, AT_FDCWD, to); }

int linkat(int from_directory, const char *from, int to_directory, const char *to, int flags) {
  char buffer[PATH_MAX], other_buffer[PATH_MAX];
  const char *path = path_at(from_directory, from, buffer);
  const char *other = path_at(to_directory, to, other_buffer);
  if (path == NULL || other == NULL) {
    return (int) syscall(SYS_linkat, from_directory, from, to_directory, to, flags);
  }
  begin("name", other);
  int result = (int) syscall(SYS_linkat, from_directory, from, to_directory, to, flags);
  if (result == 0) note('L', path, other, 0, "", 0);
  finish("name", other);
  return result;
}
int link(const char *from, const char *to) { return linkat(AT_FDCWD, from, AT_FDCWD, to, 0); }

int unlinkat(int directory, const char *name, int flags) {
  char buffer[PATH_MAX];
  const char *path = path_at(directory, name, buffer);
  if (path == NULL) return (int) syscall(SYS_unlinkat, directory, name, flags);
  begin("name", path);
  int result = (int) syscall(SYS_unlinkat, directory, name, flags);
  if (result == 0) note('U', path, "", 0, "", 0);
  finish("name", path);
  return result;
}
int unlink(const char *name) { return unlinkat(AT_FDCWD, name, 0); }
int rmdir(const char *name) { return unlinkat(AT_FDCWD, name, AT_REMOVEDIR); }

int mkdirat(int directory, const char *name, mode_t mode) {
  char buffer[PATH_MAX];
  const char *path = path_at(directory, name, buffer);
  if (path == NULL) return (int) syscall(SYS_mkdirat, directory, name, mode);
  begin("name", path);
  int result = (int) syscall(SYS_mkdirat, directory, name, mode);
  if (result == 0) note('M', path, "", 0, "", 0);
  finish("name", path);
  return result;
}
int mkdir(const char *name, mode_t mode) { return mkdirat(AT_FDCWD, name, mode); }

/* ---- time */

int clock_gettime(clockid_t clock, struct timespec *time) {
  int result = (int) syscall(SYS_clock_gettime, clock, time);
  if (result == 0 && clock_offset != NULL && clock == CLOCK_REALTIME) {
    int64_t millis = *clock_offset;
    time->tv_sec += millis / 1000;
    time->tv_nsec += millis % 1000 * 1000000;
    if (time->tv_nsec < 0) {
      time->tv_nsec += 1000000000;
      time->tv_sec--;
    } else if (time->tv_nsec >= 1000000000) {
      time->tv_nsec -= 1000000000;
      time->tv_sec++;
    }
  }
  return result;
}

int gettimeofday(struct timeval *restrict time, void *restrict zone) {
  struct timespec precise;
  (void) zone;
  int result = clock_gettime(CLOCK_REALTIME, &precise);
  time->tv_sec = precise.tv_sec;
  time->tv_usec = precise.tv_nsec / 1000;
  return result;
}
