using OrderToCash.CashApplication.Statements;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>Why a file whose effects are held is armed.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Preview">True to be told what would follow; nothing is armed.</param>
public sealed record ArmStatementRequest(string Reason, bool Preview = false);

/// <summary>
/// <c>POST /v1/bank-statements/{id}/arm</c>: what was held of a file (<see cref="StatementEffects"/>) follows from now
/// on, by the rounds that do it for every file. There is no way back; a second time changes nothing.
/// </summary>
public static class ArmStatement
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/v1/bank-statements/{id:guid}/arm", Handle)
        .RequireScope(Scopes.CashWrite)
        .Produces<StatementImportView>()
        .Produces<HeldEffectsView>()
        .WithTags("Bank statements")
        .WithSummary("Lets follow what was held of a file");

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
        Guid id, ArmStatementRequest request, HttpContext http, HttpCommand command, HeldEffects held,
        WakeUp<IntakeService> intake, WakeUp<WaitingMatchService> matching)
    {
        if (new Validation().Required("/reason", request.Reason, max: 500).Problem is { } problem)
            return problem;
        if (!await StatementQueries.MaySeeAsync(id, command.Store, http))
            return await command.RefuseAsync(StatementImportRefusals.NotFound(id));
        if (request.Preview)
            return await PreviewAsync(id, command, held);
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

    private static async Task<IResult> PreviewAsync(Guid id, HttpCommand command, HeldEffects held)
    {
        var (import, _) = await command.Store.LoadAsync(StatementImport.Type, id, command.Cancellation);
        return Arm(import, id).Refusal is { } refusal
            ? Problems.From(refusal)
            : Reply.Ok(await held.OfAsync(id, command.Cancellation));
    }
}
