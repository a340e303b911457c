#pragma once
// A pool of threads that run one function in parallel; the caller is number 0. They wait for each other by
// spinning for a short time, then sleeping, because a training step is shorter than waking a thread.

typedef struct ck_team ck_team;

ck_team *ck_team_create(int count);  // null if threads cannot be created
void ck_team_destroy(ck_team *team);
void ck_team_run(ck_team *team, void (*work)(void *context, int index), void *context);
void ck_team_wait(ck_team *team);    // a barrier within a run
// Runs the parts without barriers between them. The caller also executes the parts that no other thread has
// begun when its own are done, so that a thread without processor time does not delay the work.
void ck_team_share(ck_team *team, void (*work)(void *context, int index), void *context);
