using System.Text.Json.Serialization;
using OrderToCash.Invoicing.Automation;
using OrderToCash.Invoicing.FinanceCharges;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.LegalEntities;
using OrderToCash.Invoicing.Periods;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>
/// Bills late fees and interest of a month that is over, by each customer's contract: one debit memo per customer,
/// month and currency, however often it is run, by a person or by itself; and a further one for what was disputed then
/// and is not any more.
/// </summary>
public static class RunFinanceCharges
{
    /// <summary>What is run.</summary>
    /// <param name="LegalEntity">Whose customers.</param>
    /// <param name="Period">A month that is over, such as 2026-10.</param>
    /// <param name="Preview">Only show what would be billed.</param>
    public sealed record Request(string LegalEntity, string Period, bool Preview = false);

    /// <summary>What is billed to one customer.</summary>
    /// <param name="InvoiceId">The debit memo; null in a preview, and where there is a problem.</param>
    /// <param name="Number">Its number; null in a preview, and where there is a problem.</param>
    /// <param name="AlreadyBilled">By an earlier run.</param>
    /// <param name="Problem">Why it cannot be billed, such as for want of an exchange rate.</param>
    public sealed record Billed(
        Guid CustomerId, Guid? InvoiceId, string? Number, Money Total, bool AlreadyBilled,
        IReadOnlyList<FinanceCharge> Charges,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Problem? Problem = null);

    /// <summary>What is billed.</summary>
    /// <param name="HeldBack">Customers of whom more would be billed, were it not disputed: once it is settled, the
    /// month can be run again.</param>
    public sealed record Response(
        string LegalEntity, string Period, bool Preview, IReadOnlyList<Billed> DebitMemos, int HeldBack);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/finance-charge-runs", HandleAsync)
        .RequireScope(Scopes.InvoicingWrite)
        .Produces<Response>()
        .WithSummary("Bill late fees and interest of a month");

    private static async Task<IResult> HandleAsync(
        Request request, HttpCommand command, FinanceChargeBilling billing, ILogger<FinanceChargeBilling> log)
    {
        if (command.Caller.Deny(request.LegalEntity) is { } denied)
            return await command.RefuseAsync(denied);
        var entity = await command.Store.LoadAsync(
            LegalEntityStream.Type, LegalEntityStream.Id(request.LegalEntity), command.Cancellation);
        if (entity.State.Definition is not { } definition)
            return await command.RefuseAsync(LegalEntityRefusals.Unknown(request.LegalEntity));
        var today = command.Clock.Today(definition.TimeZone);
        if (!Period.TryParse(request.Period, out var month) || month.Next.FirstDay > today)
            return await command.RefuseAsync(
                InvoiceRefusals.Invalid("/period", "The period is a month that is over, such as 2026-10."));

        return await command.RepeatableAsync(async cancellation =>
        {
            var billed = await billing.BillAsync(
                request.LegalEntity, month, request.Preview, command.Caller, command.Metadata(), Attempts.Logged(log),
                cancellation);
            if (!request.Preview)
            {
                await command.Store.DecideAsync(
                    AutomationPolicyStream.Type, AutomationPolicyStream.Id(request.LegalEntity), command.Metadata(),
                    policy => policy.BillAgain(billed.Note(request.LegalEntity, month, today, isOfHeldBack: false)),
                    cancellation: cancellation);
            }

            return Reply.Ok(new Response(
                request.LegalEntity, request.Period, request.Preview, billed.DebitMemos, billed.HeldBack.Count));
        });
    }
}
