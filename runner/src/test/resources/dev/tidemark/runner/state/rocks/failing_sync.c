/* Loaded before the C library: lets fsync and fdatasync fail while the file $FAIL_SYNC is there. */
#include <errno.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

static int fails(void) {
  const char *file = getenv("FAIL_SYNC");
  return file != NULL && access(file, F_OK) == 0;
}

static int sync_by(long call, int fd) {
  if (fails()) {
    errno = EIO;
    return -1;
  }
  return (int) syscall(call, fd);
}

int fsync(int fd) { return sync_by(SYS_fsync, fd); }

int fdatasync(int fd) { return sync_by(SYS_fdatasync, fd); }
