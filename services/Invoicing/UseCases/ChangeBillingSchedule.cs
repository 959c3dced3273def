using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.BillingSchedules;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.LegalEntities;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>What is said of a schedule after it was agreed: a milestone is reached, it pauses, goes on, ends.</summary>
public static class ChangeBillingSchedule
{
    /// <summary>When a milestone was reached; today where it is left out.</summary>
    public sealed record Reached(DateOnly? On = null);

    /// <summary>Why; kept in the history.</summary>
    public sealed record Why(string Reason);

    /// <summary>The last day that is billed, and why.</summary>
    public sealed record Ending(DateOnly LastDay, string Reason);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/billing-schedules/{id:guid}/milestones/{code}/reached", ReachAsync)
            .RequireScope(Scopes.InvoicingWrite).Produces<BillingScheduleView>()
            .WithSummary("Say that a milestone is reached; it is billed within a minute");
        routes.MapPost("/billing-schedules/{id:guid}/pause", (Guid id, Why why, HttpCommand command) =>
                DecideAsync(id, why.Reason, command, BillingScheduleDecider.Pause))
            .RequireScope(Scopes.InvoicingWrite).Produces<BillingScheduleView>()
            .WithSummary("Bill nothing until it is resumed");
        routes.MapPost("/billing-schedules/{id:guid}/resume", (Guid id, Why why, HttpCommand command) =>
                DecideAsync(id, why.Reason, command, BillingScheduleDecider.Resume))
            .RequireScope(Scopes.InvoicingWrite).Produces<BillingScheduleView>()
            .WithSummary("Bill again, also what fell into the pause");
        routes.MapPost("/billing-schedules/{id:guid}/end", (Guid id, Ending ending, HttpCommand command) =>
                DecideAsync(id, ending.Reason, command, one => BillingScheduleDecider.End(one, ending.LastDay)))
            .RequireScope(Scopes.InvoicingWrite).Produces<BillingScheduleView>()
            .WithSummary("Bill nothing after a day");
    }

    private static async Task<IResult> ReachAsync(Guid id, string code, Reached reached, HttpCommand command)
    {
        var (schedule, _) = await command.Store.LoadAsync(BillingScheduleStream.Type, id, command.Cancellation);
        var entity = schedule.Agreed is { } agreed
            ? await command.Store.LoadAsync(
                LegalEntityStream.Type, LegalEntityStream.Id(agreed.LegalEntity), command.Cancellation)
            : default;
        var today = command.Clock.Today(entity.State?.Definition?.TimeZone ?? "UTC");
        return await DecideAsync(
            id, "milestone", command, one => reached.On > today
                ? new Refusal("date-in-future", $"It is {today:yyyy-MM-dd}; nothing is reached tomorrow.", Field: "/on")
                : BillingScheduleDecider.Reach(one, code, reached.On ?? today));
    }

    private static Task<IResult> DecideAsync(
        Guid id, string reason, HttpCommand command, Func<BillingSchedule, Decision> decide) => command.DecideAsync(
            BillingScheduleStream.Type,
            id,
            schedule => schedule.Agreed is null ? BillingScheduleRefusals.NotFound(id)
                : command.Caller.Deny(schedule.Agreed.LegalEntity) is { } denied ? denied
                : Refusal.Unexplained(reason) is { } unexplained ? unexplained
                : decide(schedule),
            decided => Reply.Ok(BillingScheduleView.Of(id, decided.State, decided.Version), decided.Version),
            reason: reason);
}
