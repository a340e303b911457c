#pragma once
// A team of threads that run one function side by side: the caller is number 0. They wait for each other by spinning
// a little, then sleeping, since a step of training is shorter than waking a thread takes.

typedef struct ck_team ck_team;

ck_team *ck_team_create(int count);  // null where threads cannot be made
void ck_team_destroy(ck_team *team);
void ck_team_run(ck_team *team, void (*work)(void *context, int index), void *context);
void ck_team_wait(ck_team *team);    // within a run: until all are here
// The same without waits in between. The caller also does the parts that no other thread has begun when it is through
// with its own, so that a thread which the system lets wait does not hold up the work.
void ck_team_share(ck_team *team, void (*work)(void *context, int index), void *context);
