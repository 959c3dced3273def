using OrderToCash.Invoicing.Automation;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>What happens by itself at a legal entity.</summary>
public static class DefineAutomationPolicy
{
    /// <summary>Late fees and interest are billed by themselves.</summary>
    /// <param name="Day">On this day of the month after, 1 to 28.</param>
    public sealed record Charges(int Day);

    /// <summary>Payments that do not hold are billed a fee by themselves.</summary>
    /// <param name="Fees">What is not among them costs nothing; at most one per reason and currency.</param>
    public sealed record Returned(IReadOnlyList<ReturnedFee> Fees);

    /// <summary>What one costs.</summary>
    /// <param name="Reason"><c>nsf</c>, <c>return</c>, <c>chargeback</c> (of a card) or <c>stop</c>.</param>
    /// <param name="Currency">Of the customer's account: one who is billed in another is not charged by this one.
    /// </param>
    /// <param name="Amount">Above zero, in that currency, without tax.</param>
    public sealed record ReturnedFee(string Reason, string Currency, decimal Amount);

    /// <summary>All of it; what is left out is done by people.</summary>
    /// <param name="MailInvoices">Mail invoices, credit memos and debit memos as they are issued, unless the customer
    /// wants it otherwise.</param>
    /// <param name="PayRefunds">Have cash application pay the refunds of credit memos that are approved from now on;
    /// only where every instance of both services is of the release that brings it.</param>
    /// <param name="SmallBalances">Up to which amounts people may write small balances off together.</param>
    public sealed record Request(
        Charges? FinanceCharges = null, AutomaticSettlement? OpenCredits = null, bool MailInvoices = false,
        bool PayRefunds = false, Returned? ReturnedPayments = null, SmallBalances? SmallBalances = null);

    /// <summary>The policy as the API shows it.</summary>
    /// <param name="Runs">The last run of finance charges of each month, the latest twelve.</param>
    public sealed record View(
        string LegalEntity, AutomaticCharges? FinanceCharges, AutomaticSettlement? OpenCredits, bool MailInvoices,
        IReadOnlyList<FinanceChargesBilled> Runs, long Version, bool PayRefunds,
        ReturnedPaymentFees? ReturnedPayments, SmallBalances? SmallBalances);

    private const int RunsShown = 12;

    public static void Map(IEndpointRouteBuilder routes)
    {
        const string path = "/legal-entities/{code}/automation-policy";
        routes.MapPut(path, PutAsync).RequireScope(Scopes.InvoicingWrite)
            .Produces<View>().WithSummary("Define what happens by itself");
        routes.MapGet(path, GetAsync).RequireScope(Scopes.InvoicingRead)
            .Produces<View>().WithSummary("What happens by itself, and what has happened");
        HistoryEndpoint.Map(
            routes, $"{path}/history", AutomationPolicyStream.Type, Scopes.InvoicingRead,
            policy => policy.Definition?.LegalEntity, values => AutomationPolicyStream.Id($"{values["code"]}"));
    }

    private static Task<IResult> PutAsync(string code, Request request, HttpCommand command)
    {
        var charges = request.FinanceCharges is { } wish ? new AutomaticCharges(wish.Day, default) : null;
        var returned = request.ReturnedPayments is { } wanted
            ? new ReturnedPaymentFees(
                [.. wanted.Fees.Select(fee => new ReturnedPaymentFee(fee.Reason, fee.Currency, fee.Amount, default))])
            : null;
        return EntitySetting.PutAsync(
            code, command, AutomationPolicyStream.Type, AutomationPolicyStream.Id(code),
            (policy, entity) => policy.Define(
                new AutomationPolicyDefined(
                    code, charges, request.OpenCredits, request.MailInvoices, request.PayRefunds, returned,
                    request.SmallBalances),
                command.Clock.Today(entity.TimeZone)),
            Of);
    }

    private static Task<IResult> GetAsync(string code, HttpContext http) => EntitySetting.GetAsync(
        code, http, AutomationPolicyStream.Type, AutomationPolicyStream.Id(code),
        (policy, version) => policy.Definition is null ? null : Of(policy, version));

    private static View Of(AutomationPolicy policy, long version) => new(
        policy.Definition!.LegalEntity, policy.Definition.FinanceCharges, policy.Definition.OpenCredits,
        policy.Definition.MailInvoices,
        [.. policy.Runs.Values.TakeLast(RunsShown)], version, policy.Definition.PayRefunds,
        policy.Definition.ReturnedPayments, policy.Definition.SmallBalances);
}
