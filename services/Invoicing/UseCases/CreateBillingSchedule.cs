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
/// matrix asks for one. One that names an <c>agreement</c> sets up what Credit has agreed on, once: where that is a
/// plan, it takes over when is billed, and only lines and prices are given.
/// </summary>
public static class CreateBillingSchedule
{
    /// <summary>The schedule.</summary>
    /// <param name="Name">What people call it.</param>
    /// <param name="Plan">Recurring, milestones or dates; null where the agreement is a plan.</param>
    /// <param name="Terms">Of its invoices; without them those agreed with the customer at the time.</param>
    /// <param name="Agreement">What Credit has agreed on with the customer and this sets up.</param>
    /// <param name="AgreedLines">What the periods or milestones of an agreed plan cost.</param>
    /// <param name="Currency">Of its invoices, ISO 4217; without it that of the customer's account.</param>
    public sealed record Request(
        Guid CustomerId, string Name, BillingPlan? Plan = null, string? Terms = null, string? OrderReference = null,
        string? PurchaseOrder = null, Guid? Agreement = null, AgreedLines? AgreedLines = null,
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
        var agreement = request.Agreement is { } agreementId
            ? await BillingAgreements.FindAsync(command.Store.Database, agreementId, cancellation)
            : null;
        var accounts = await BillingAccounts.LoadAsync(
            command.Store.Database, [request.CustomerId, agreement?.CustomerId ?? request.CustomerId], cancellation);
        if (!accounts.TryGetValue(request.CustomerId, out var account))
            return (null, null, InvoiceRefusals.UnknownCustomer(request.CustomerId));
        if (command.Caller.Deny(account.Books.LegalEntity) is { } denied)
            return (null, null, denied);
        if (request.Agreement is { } asked && (agreement is null
            || accounts.GetValueOrDefault(agreement.CustomerId)?.CustomerId != account.CustomerId))
            return (null, null, Refusal.NotFound("agreement with the customer", asked));
        var (wished, unplanned) = PlanOf(request, agreement);
        if (unplanned is not null)
            return (null, null, unplanned);
        var id = agreement is null ? Ids.Next(command.Clock) : agreement.ScheduleId;
        if (agreement is not null
            && (await command.Store.LoadAsync(BillingScheduleStream.Type, id, cancellation)).Version > 0)
            return (null, null, BillingScheduleRefusals.AgreementSetUp(id));
        var decision = BillingScheduleDecider.Create(BillingSchedule.Initial, new BillingScheduleCreated(
            account.Books.LegalEntity, account.CustomerId, request.Name, request.Currency ?? account.Currency,
            wished!, request.Terms, request.OrderReference, request.PurchaseOrder, null, agreement?.Id));
        if (decision.Refusal is { } refusal)
            return (null, null, refusal);
        var created = (BillingScheduleCreated)decision.Events[0];
        return (created, account.Books, Plan.Write(
            new WriteBatch(metadata).Append(BillingScheduleStream.Type, id, 0, [created]),
            Reply.Created(
                $"/v1/billing-schedules/{id}",
                BillingScheduleView.Of(id, BillingSchedule.Evolve(BillingSchedule.Initial, created), 1), 1)));
    }

    /// <summary>When is billed is agreed, or the caller's to say; what it costs is the caller's.</summary>
    private static (BillingPlan? Plan, Refusal? Refusal) PlanOf(Request request, BillingAgreement? agreement) =>
        agreement?.Plan is not { } agreed
            ? request switch
            {
                { AgreedLines: not null } => (null, BillingScheduleRefusals.NoAgreedPlan()),
                { Plan: { } plan } => (plan, null),
                _ => (null, BillingScheduleRefusals.NoPlan()),
            }
        : request.Plan is not null ? (null, BillingScheduleRefusals.PlanIsAgreed())
        : agreed.With(request.AgreedLines);

    private static Money Total(BillingScheduleCreated created)
    {
        var currency = Currency.Of(created.Currency);
        return Money.Sum(
            created.Plan.AllLines.SelectMany(lines => lines).Select(line =>
                Money.Round(((line.Quantity * line.UnitPrice) - line.Discount) * (1 + line.TaxRate), currency)),
            currency);
    }
}
