using OrderToCash.CashApplication.Statements;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>Why a file whose effects are held is armed.</summary>
/// <param name="Reason">Why.</param>
public sealed record ArmStatementRequest(string Reason);

/// <summary>
/// <c>POST /v1/bank-statements/{id}/arm</c>: what was held of a file (<see cref="StatementEffects"/>) follows from now
/// on, by the rounds that do it for every file. There is no way back; a second time changes nothing.
/// <c>GET /v1/bank-statements/{id}/held</c> tells before what that would be.
/// </summary>
public static class ArmStatement
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/bank-statements/{id:guid}/arm", Handle)
            .RequireScope(Scopes.CashWrite).Produces<StatementImportView>().WithTags("Bank statements")
            .WithSummary("Lets follow what was held of a file");
        routes.MapGet("/v1/bank-statements/{id:guid}/held", Preview)
            .RequireScope(Scopes.CashRead).Produces<HeldEffectsView>().WithTags("Bank statements")
            .WithSummary("What would follow from a file whose effects are held");
    }

    /// <summary>Only what is imported whole and held is armed; what is armed stays so.</summary>
    internal static Decision Arm(StatementImport import, Guid id) => import switch
    {
        { Imported: null, Refused: null } => StatementImportRefusals.NotFound(id),
        { Effects: null } => StatementImportRefusals.EffectsNotHeld,
        { IsBooked: false } => StatementImportRefusals.NotBooked,
        { HoldsEffects: false } => Decision.Nothing,
        _ => Decision.Of(new StatementEffectsArmed()),
    };

    private static async Task<IResult> Handle(
        Guid id, ArmStatementRequest request, HttpContext http, HttpCommand command, WakeUp<IntakeService> intake,
        WakeUp<WaitingMatchService> matching)
    {
        if (new Validation().Required("/reason", request.Reason, max: 500).Problem is { } problem)
            return problem;
        if (!await StatementQueries.MaySeeAsync(id, command.Store, http))
            return await command.RefuseAsync(StatementImportRefusals.NotFound(id));
        var receiptIds = await StatementIntake.ReceiptIdsAsync(command.Store, id, command.Cancellation);
        var answer = await command.DecideAsync(
            StatementImport.Type, id, import => Arm(import, id),
            armed => Reply.Ok(
                StatementImportView.Of(
                    id, armed.State.Imported!, armed.State.Status, receiptIds, armed.State.Effects),
                armed.Version),
            request.Reason);
        intake.Wake();
        matching.Wake();
        return answer;
    }

    private static async Task<IResult> Preview(Guid id, HttpContext http, EventStore store, HeldEffects held)
    {
        var (import, _) = await store.LoadAsync(StatementImport.Type, id, http.RequestAborted);
        if (!await StatementQueries.MaySeeAsync(id, store, http))
            return Problems.From(StatementImportRefusals.NotFound(id));
        return Arm(import, id) is { Refusal: { } refusal }
            ? Problems.From(refusal)
            : Reply.Ok(await held.OfAsync(id, http.RequestAborted));
    }
}
