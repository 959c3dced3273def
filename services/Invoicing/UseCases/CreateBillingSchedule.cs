using System.Text.Json.Serialization;
using OrderToCash.Approvals;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.BillingSchedules;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.Ledger;
using OrderToCash.Invoicing.ReadModels;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>
/// Agrees a billing schedule. One that follows no rule (agreed dates) waits for an approval where the legal entity's
/// matrix asks for one.
/// </summary>
public static class CreateBillingSchedule
{
    /// <summary>The schedule.</summary>
    /// <param name="Name">What people call it.</param>
    /// <param name="Plan">Recurring, milestones or dates.</param>
    /// <param name="Terms">Of its invoices; without them those agreed with the customer at the time.</param>
    /// <param name="Currency">Of its invoices, ISO 4217; without it that of the customer's account.</param>
    public sealed record Request(
        Guid CustomerId, string Name, BillingPlan Plan, string? Terms = null, string? OrderReference = null,
        string? PurchaseOrder = null,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Currency = null);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/billing-schedules", HandleAsync)
        .RequireScope(Scopes.InvoicingWrite)
        .Produces<BillingScheduleView>(StatusCodes.Status201Created)
        .Produces<ApprovalView>(StatusCodes.Status202Accepted)
        .WithSummary("Agree a billing schedule");

    private static Task<IResult> HandleAsync(Request request, HttpCommand command, ApprovalGate gate) =>
        command.CommitAsync(async cancellation =>
        {
            var (created, books, plan) = await PlanAsync(request, command, command.Metadata(), cancellation);
            if (created?.Plan.Dates is null)
                return plan;
            var total = Total(created);
            var wish = new ApprovalWish<Request>(
                ApprovalKinds.BillingSchedule, created.LegalEntity, total,
                $"Billing of {total} on {created.Plan.Dates.Count} agreed dates: {created.Name}", request);
            return await gate.PassAsync(
                command, wish.InBooks(await RateAsync(created, books!, command, cancellation), books!), plan);
        });

    /// <summary>
    /// Nothing is billed yet, so it is judged by the rate of today; null where there is none, and for equal currencies.
    /// </summary>
    private static async Task<ExchangeRate?> RateAsync(
        BillingScheduleCreated created, Books books, HttpCommand command, CancellationToken cancellation) =>
        created.Currency == books.BaseCurrency ? null : await RateTable.FindAsync(
            command.Store.Database, books.LegalEntity, created.Currency,
            command.Clock.GetUtcNow().DateIn(books.TimeZone), cancellation);

    /// <summary>What was approved, as it can be carried out now.</summary>
    internal static async Task<Plan> CarryOutAsync(Request wish, ApprovalGrant grant, CancellationToken cancellation) =>
        (await PlanAsync(wish, grant.Command, grant.Metadata, cancellation)).Plan;

    private static async Task<(BillingScheduleCreated? Created, Books? Books, Plan Plan)> PlanAsync(
        Request request, HttpCommand command, EventMetadata metadata, CancellationToken cancellation)
    {
        var accounts = await BillingAccounts.LoadAsync(command.Store.Database, [request.CustomerId], cancellation);
        if (!accounts.TryGetValue(request.CustomerId, out var account))
            return (null, null, InvoiceRefusals.UnknownCustomer(request.CustomerId));
        if (command.Caller.Deny(account.Books.LegalEntity) is { } denied)
            return (null, null, denied);
        var decision = BillingScheduleDecider.Create(BillingSchedule.Initial, new BillingScheduleCreated(
            account.Books.LegalEntity, account.CustomerId, request.Name, request.Currency ?? account.Currency,
            request.Plan, request.Terms, request.OrderReference, request.PurchaseOrder, null));
        if (decision.Refusal is { } refusal)
            return (null, null, refusal);
        var id = Ids.Next(command.Clock);
        var created = (BillingScheduleCreated)decision.Events[0];
        return (created, account.Books, Plan.Write(
            new WriteBatch(metadata).Append(BillingScheduleStream.Type, id, 0, [created]),
            Reply.Created(
                $"/v1/billing-schedules/{id}",
                BillingScheduleView.Of(id, BillingSchedule.Evolve(BillingSchedule.Initial, created), 1), 1)));
    }

    private static Money Total(BillingScheduleCreated created)
    {
        var currency = Currency.Of(created.Currency);
        return Money.Sum(
            created.Plan.AllLines.SelectMany(lines => lines).Select(line =>
                Money.Round(((line.Quantity * line.UnitPrice) - line.Discount) * (1 + line.TaxRate), currency)),
            currency);
    }
}
