using OrderToCash.Collections.Tasks;
using OrderToCash.EventSourcing.Projections;

namespace OrderToCash.Collections.ReadModels;

/// <summary>Tasks, those that are done among them.</summary>
public sealed class TasksProjection : Projection
{
    private const string Insert =
        "insert into tasks (id, legal_entity, customer_id, kind, text, due_on, assignee, notice_id, state, " +
        "created_at, created_by, version) select t.id, t.legal_entity, t.customer_id, t.kind, t.text, t.due_on, " +
        "t.assignee, t.notice_id, 'open', t.at, t.by, t.version " +
        "from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) as t (id, legal_entity, customer_id, kind, text, " +
        "due_on, assignee, notice_id, at, by, version)";

    private const string End =
        "update tasks t set state = n.state, result = n.result, ended_at = n.at, ended_by = n.by, " +
        "version = n.version from unnest($1, $2, $3, $4, $5, $6) as n (id, state, result, at, by, version) " +
        "where t.id = n.id";

    public TasksProjection()
        : base("tasks", "tasks")
    {
        On<TaskCreated>(Insert, rows => rows
            .Column(r => r.StreamId)
            .Column(r => r.Data.LegalEntity)
            .Column(r => r.Data.CustomerId)
            .Column(r => Kebab.Of(r.Data.Kind))
            .Column(r => r.Data.Text)
            .Column(r => r.Data.DueOn)
            .Column(r => r.Data.Assignee)
            .Column(r => r.Data.NoticeId)
            .Column(r => r.At)
            .Column(r => r.Event.Metadata.By)
            .Column(r => r.Version));
        OnEnd<TaskDone>("done", done => done.Result);
        OnEnd<TaskCancelled>("cancelled", cancelled => cancelled.Why);
    }

    private void OnEnd<TEvent>(string state, Func<TEvent, string> result) => On<TEvent>(End, rows => rows
        .Column(r => r.StreamId)
        .Column(_ => state)
        .Column(r => result(r.Data))
        .Column(r => r.At)
        .Column(r => r.Event.Metadata.By)
        .Column(r => r.Version));
}
