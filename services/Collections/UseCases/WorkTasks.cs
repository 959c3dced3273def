using Npgsql;
using OrderToCash.Collections.ReadModels;
using OrderToCash.Collections.Reviews;
using OrderToCash.Collections.Tasks;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Collections.UseCases;

/// <summary>A task in a list.</summary>
public sealed record TaskRow(
    Guid Id, string LegalEntity, Guid CustomerId, string Kind, string Text, DateOnly DueOn, string? Assignee,
    Guid? NoticeId, string State, string? Result, DateTimeOffset CreatedAt, string CreatedBy, DateTimeOffset? EndedAt,
    string? EndedBy);

/// <summary>A task.</summary>
public sealed record TaskView(
    Guid Id, string LegalEntity, Guid CustomerId, TaskKind Kind, string Text, DateOnly DueOn, string? Assignee,
    Guid? NoticeId, TaskState State, long Version)
{
    internal static TaskView Of(Guid id, CollectionTask task, long version)
    {
        var created = task.Created!;
        return new TaskView(
            id, created.LegalEntity, created.CustomerId, created.Kind, created.Text, created.DueOn, created.Assignee,
            created.NoticeId, task.State, version);
    }
}

/// <summary>Creates tasks, shows them, and notes what came of them.</summary>
public static class WorkTasks
{
    private const string Select =
        "select t.id, t.legal_entity, t.customer_id, t.kind, t.text, t.due_on, t.assignee, t.notice_id, t.state, " +
        "t.result, t.created_at, t.created_by, t.ended_at, t.ended_by from tasks t ";

    private static readonly SortOrder<TaskRow> Order = new SortOrder<TaskRow>(
            "t.id", row => row.Id, standard: "dueOn")
        .By("dueOn", "t.due_on", row => row.DueOn)
        .By("createdAt", "t.created_at", row => row.CreatedAt);

    /// <summary>Something to do.</summary>
    /// <param name="CustomerId">About whom.</param>
    /// <param name="Text">What, in words.</param>
    /// <param name="DueOn">By when; today without it.</param>
    /// <param name="Kind">What kind.</param>
    /// <param name="Assignee">Subject of who is to do it; without it whoever looks after the customer.</param>
    public sealed record Request(
        Guid CustomerId, string Text, DateOnly? DueOn = null, TaskKind Kind = TaskKind.Other, string? Assignee = null);

    /// <summary>What came of it.</summary>
    public sealed record Outcome(string Result);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/collections/tasks", Create)
            .RequireScope(Scopes.CollectionsWrite).Produces<TaskView>(StatusCodes.Status201Created)
            .WithSummary("Create a task");
        routes.MapPost("/v1/collections/tasks/{id:guid}/done", (Guid id, Outcome request, HttpCommand command) =>
                EndAsync(id, request, command, task => TaskDecider.Finish(task, request.Result)))
            .RequireScope(Scopes.CollectionsWrite).Produces<TaskView>().WithSummary("Note that a task is done");
        routes.MapPost("/v1/collections/tasks/{id:guid}/cancel", (Guid id, Outcome request, HttpCommand command) =>
                EndAsync(id, request, command, task => TaskDecider.Cancel(task, request.Result)))
            .RequireScope(Scopes.CollectionsWrite).Produces<TaskView>().WithSummary("Note that a task is not needed");
        routes.MapGet("/v1/collections/tasks", List)
            .RequireScope(Scopes.CollectionsRead).Produces<Page<TaskRow>>().WithSummary("Tasks");
        ResourceEndpoint.Map(
            routes, "/v1/collections/tasks", CollectionTaskStream.Type, Scopes.CollectionsRead,
            task => task.Created?.LegalEntity, TaskView.Of, "A task");
    }

    private static async Task<IResult> Create(Request request, HttpCommand command, Customers customers)
    {
        if (new Validation()
            .Required("/text", request.Text, max: 1000)
            .Optional("/assignee", request.Assignee)
            .Problem is { } problem)
            return problem;
        if (await customers.FindAsync(request.CustomerId, command.Cancellation) is not { } customer)
            return await command.RefuseAsync(CustomerRefusals.Unknown(request.CustomerId));
        if (command.Caller.Deny(customer.LegalEntity) is { } denied)
            return await command.RefuseAsync(denied);
        var wish = new TaskCreated(
            customer.LegalEntity, customer.Id, request.Kind, request.Text, request.DueOn ?? customer.Today,
            request.Assignee, null);
        var (id, now) = (Ids.Next(command.Clock), command.Clock.GetUtcNow());
        return await command.DecideAsync(
            CollectionTaskStream.Type, id, task => TaskDecider.Create(task, wish),
            decided => Reply.Created(
                $"/v1/collections/tasks/{id}", TaskView.Of(id, decided.State, decided.Version), decided.Version),
            with: (batch, _) => batch.Row(ReviewQueue.Request(now, customer.Id)));
    }

    private static async Task<IResult> EndAsync(
        Guid id, Outcome request, HttpCommand command, Func<CollectionTask, Decision> decide)
    {
        if (new Validation().Required("/result", request.Result, max: 1000).Problem is { } problem)
            return problem;
        var now = command.Clock.GetUtcNow();
        return await command.DecideAsync(
            CollectionTaskStream.Type, id,
            task => task.Created is not { } created ? Refusal.NotFound("task", id)
                : command.Caller.Deny(created.LegalEntity) is { } denied ? denied
                : decide(task),
            decided => Reply.Ok(TaskView.Of(id, decided.State, decided.Version), decided.Version),
            request.Result,
            with: (batch, decided) => batch.Row(ReviewQueue.Request(now, decided.State.Created!.CustomerId)));
    }

    private static Task<IResult> List(
        Guid? customerId, string? legalEntity, string? state, string? assignee, ListQuery query,
        NpgsqlDataSource database, HttpContext http) =>
        database.ListAsync(
            http, query, Order, legalEntity,
            $"{Select} where (@entities::text[] is null or t.legal_entity = any(@entities)) " +
            "and (@customer is null or t.customer_id = @customer) and (@state is null or t.state = @state) " +
            "and (@assignee is null or t.assignee = @assignee)",
            command =>
            {
                command.AddOptional("customer", customerId);
                command.AddOptional("state", EnumFilter.Text<TaskState>("state", state));
                command.AddOptional("assignee", assignee);
            },
            Row);

    private static TaskRow Row(NpgsqlDataReader row) => new(
        row.GetGuid(0), row.GetString(1), row.GetGuid(2), row.GetString(3), row.GetString(4),
        row.GetFieldValue<DateOnly>(5), row.Text(6), row.Optional<Guid>(7), row.GetString(8), row.Text(9),
        row.GetFieldValue<DateTimeOffset>(10), row.GetString(11), row.Optional<DateTimeOffset>(12), row.Text(13));
}
