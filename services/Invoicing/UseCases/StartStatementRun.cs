using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.Customers;
using OrderToCash.Invoicing.LegalEntities;
using OrderToCash.Invoicing.Statements;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>
/// Starts a run: every customer of the legal entity that has chosen the cycle, and that there is something to say to,
/// gets its statement of the period, once, however often it is run.
/// </summary>
public static class StartStatementRun
{
    /// <summary>What is run.</summary>
    /// <param name="LegalEntity">Whose customers.</param>
    /// <param name="Cycle"><c>weekly</c>, <c>monthly</c> or <c>quarterly</c>.</param>
    /// <param name="To">Last day of a period of that cycle: of a month, of a quarter, of any seven days.</param>
    /// <param name="Pdf">Statements go as PDF files; else the mail itself is the statement.</param>
    public sealed record Request(string LegalEntity, StatementCycle Cycle, DateOnly To, bool Pdf = true);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/statement-runs", HandleAsync)
        .RequireScope(Scopes.InvoicingWrite)
        .Produces<StatementRunView>(StatusCodes.Status202Accepted)
        .WithSummary("Make and send the statements of a cycle");

    private static async Task<IResult> HandleAsync(Request request, HttpCommand command)
    {
        if (command.Caller.Deny(request.LegalEntity) is { } denied)
            return await command.RefuseAsync(denied);
        var entity = await command.Store.LoadAsync(
            LegalEntityStream.Type, LegalEntityStream.Id(request.LegalEntity), command.Cancellation);
        if (entity.State.Definition is not { } definition)
            return await command.RefuseAsync(LegalEntityRefusals.Unknown(request.LegalEntity));
        if (StatementDecider.Period(request.Cycle, request.To) is not { } period)
            return await command.RefuseAsync(StatementRefusals.Cycle(request.Cycle, request.To));
        var now = command.Clock.GetUtcNow();
        if (StatementDecider.Check(period.From, period.To, now.DateIn(definition.TimeZone).AddDays(-1)) is { } early)
            return await command.RefuseAsync(early);

        var id = Ids.Next(command.Clock);
        var started = new StatementRunStarted(
            request.LegalEntity, request.Cycle, period.From, period.To, now, request.Pdf);
        var view = new StatementRunView(
            id, started.LegalEntity, started.Cycle, started.From, started.To, now, started.Pdf, now,
            command.Caller.Subject, null, null, null, null, null, new Dictionary<string, int>());
        return await command.CommitAsync(_ => Task.FromResult(Plan.Write(
            new WriteBatch(command.Metadata()).Append(StatementRunStream.Type, id, 0, [started]),
            Reply.Accepted($"/v1/statement-runs/{id}", view, 1))));
    }
}
