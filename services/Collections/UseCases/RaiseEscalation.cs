using Npgsql;
using OrderToCash.Collections.Escalations;
using OrderToCash.Collections.ReadModels;
using OrderToCash.Collections.Reviews;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Collections.UseCases;

/// <summary>An escalation in a list.</summary>
public sealed record EscalationRow(
    Guid Id, string LegalEntity, Guid CustomerId, string Target, string Cause, Guid? SourceId, string Text,
    DateOnly AcknowledgeBy, string Status, string? AcknowledgedBy, string? Result, DateTimeOffset RaisedAt,
    string RaisedBy, DateTimeOffset? EndedAt);

/// <summary>An escalation.</summary>
public sealed record EscalationView(
    Guid Id, string LegalEntity, Guid CustomerId, EscalationTarget Target, EscalationCause Cause, Guid? SourceId,
    string Text, DateOnly AcknowledgeBy, EscalationStatus Status, string? AcknowledgedBy, long Version)
{
    internal static EscalationView Of(Guid id, Escalation escalation, long version)
    {
        var raised = escalation.Raised!;
        return new EscalationView(
            id, raised.LegalEntity, raised.CustomerId, raised.Target, raised.Cause, raised.SourceId, raised.Text,
            raised.AcknowledgeBy, escalation.Status, escalation.AcknowledgedBy, version);
    }
}

/// <summary>Hands matters up, and notes who has taken them over and what came of them.</summary>
public static class RaiseEscalation
{
    private const string Select =
        "select e.id, e.legal_entity, e.customer_id, e.target, e.cause, e.source_id, e.text, e.acknowledge_by, " +
        "e.status, e.acknowledged_by, e.result, e.raised_at, e.raised_by, e.ended_at from escalations e ";

    private static readonly SortOrder<EscalationRow> Order = new SortOrder<EscalationRow>(
            "e.id", row => row.Id, standard: "-raisedAt")
        .By("raisedAt", "e.raised_at", row => row.RaisedAt)
        .By("acknowledgeBy", "e.acknowledge_by", row => row.AcknowledgeBy);

    /// <summary>A matter to hand up.</summary>
    /// <param name="CustomerId">About whom.</param>
    /// <param name="Target">To whom.</param>
    /// <param name="Text">What, in words.</param>
    public sealed record Request(Guid CustomerId, EscalationTarget Target, string Text);

    /// <summary>What came of it.</summary>
    public sealed record Closing(string Result);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/collections/escalations", Raise)
            .RequireScope(Scopes.CollectionsWrite).Produces<EscalationView>(StatusCodes.Status201Created)
            .WithSummary("Hand a matter up");
        routes.MapPost("/v1/collections/escalations/{id:guid}/acknowledge", (Guid id, HttpCommand command) =>
                ChangeAsync(id, null, command, one => EscalationDecider.Acknowledge(one, command.Caller.Subject)))
            .RequireScope(Scopes.CollectionsWrite).Produces<EscalationView>().WithSummary("Take an escalation over");
        routes.MapPost("/v1/collections/escalations/{id:guid}/close", Close)
            .RequireScope(Scopes.CollectionsWrite).Produces<EscalationView>().WithSummary("Settle an escalation");
        routes.MapGet("/v1/collections/escalations", List)
            .RequireScope(Scopes.CollectionsRead).Produces<Page<EscalationRow>>().WithSummary("Escalations");
        ResourceEndpoint.Map(
            routes, "/v1/collections/escalations", EscalationStream.Type, Scopes.CollectionsRead,
            one => one.Raised?.LegalEntity, EscalationView.Of, "An escalation");
    }

    private static async Task<IResult> Raise(
        Request request, HttpCommand command, Customers customers, PolicyBook policies)
    {
        if (new Validation().Required("/text", request.Text, max: 1000).Problem is { } problem)
            return problem;
        if (await customers.FindAsync(request.CustomerId, command.Cancellation) is not { } customer)
            return await command.RefuseAsync(CustomerRefusals.Unknown(request.CustomerId));
        if (command.Caller.Deny(customer.LegalEntity) is { } denied)
            return await command.RefuseAsync(denied);
        var policy = await policies.InForceAsync(customer.LegalEntity, command.Cancellation);
        var wish = new EscalationRaised(
            customer.LegalEntity, customer.Id, request.Target, EscalationCause.Manual, null, request.Text, default);
        var id = Ids.Next(command.Clock);
        return await command.DecideAsync(
            EscalationStream.Type, id,
            one => EscalationDecider.Raise(one, wish, policy.Escalations, customer.Today),
            decided => Reply.Created(
                $"/v1/collections/escalations/{id}", EscalationView.Of(id, decided.State, decided.Version),
                decided.Version),
            request.Text,
            with: (batch, _) => batch.Row(ReviewQueue.Request(command.Clock.GetUtcNow(), customer.Id)));
    }

    private static async Task<IResult> Close(Guid id, Closing request, HttpCommand command) =>
        new Validation().Required("/result", request.Result, max: 1000).Problem is { } problem
            ? problem
            : await ChangeAsync(id, request.Result, command, one =>
                EscalationDecider.Close(one, command.Caller.Subject, request.Result));

    private static Task<IResult> ChangeAsync(
        Guid id, string? reason, HttpCommand command, Func<Escalation, Decision> decide) => command.DecideAsync(
            EscalationStream.Type, id,
            one => one.Raised is not { } raised ? Refusal.NotFound("escalation", id)
                : command.Caller.Deny(raised.LegalEntity) is { } denied ? denied
                : decide(one),
            decided => Reply.Ok(EscalationView.Of(id, decided.State, decided.Version), decided.Version), reason,
            with: (batch, decided) => batch.Row(ReviewQueue.Request(
                command.Clock.GetUtcNow(), decided.State.Raised!.CustomerId)));

    private static Task<IResult> List(
        Guid? customerId, string? legalEntity, string? status, string? target, ListQuery query,
        NpgsqlDataSource database, HttpContext http) =>
        database.ListAsync(
            http, query, Order, legalEntity,
            $"{Select} where {Query.OfCustomerInStatus("e")} and (@target is null or e.target = @target)",
            command =>
            {
                command.AddCustomerAndStatus<EscalationStatus>(customerId, status);
                command.AddOptional("target", EnumFilter.Text<EscalationTarget>("target", target));
            },
            Row);

    private static EscalationRow Row(NpgsqlDataReader row) => new(
        row.GetGuid(0), row.GetString(1), row.GetGuid(2), row.GetString(3), row.GetString(4), row.Optional<Guid>(5),
        row.GetString(6), row.GetFieldValue<DateOnly>(7), row.GetString(8), row.Text(9), row.Text(10),
        row.GetFieldValue<DateTimeOffset>(11), row.GetString(12), row.Optional<DateTimeOffset>(13));
}
