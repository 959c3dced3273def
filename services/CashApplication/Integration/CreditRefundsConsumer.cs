using Dapper;
using MassTransit;
using OrderToCash.CashApplication.BankAccounts;
using OrderToCash.CashApplication.Refunds;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.EventSourcing;
using OrderToCash.Messaging;

namespace OrderToCash.CashApplication.Integration;

/// <summary>
/// Takes over refunds of credit memos that Invoicing has approved. Where no payee was approved with it, the money goes
/// back where money of the customer has come from, as a receipt's would: to the account it has paid from, if just one
/// is known. Else the refund is declined, and the credit is open again: no account is asked for here, where nobody
/// would approve it.
/// </summary>
public sealed class CreditRefundsConsumer(Inbox inbox, EventStore store) : IConsumer<CreditRefundApproved>
{
    private const string Known = """
        select c.name, (
            select case when count(*) = 1 then min(m.key) end from payer_memory m
            where m.legal_entity = @LegalEntity and m.customer_id = c.id and m.trait = 'account' and not m.forgotten
        ) as account
        from customers c where c.id = @CustomerId
        """;

    /// <inheritdoc/>
    public async Task Consume(ConsumeContext<CreditRefundApproved> context)
    {
        var told = context.Message;
        var payee = told.Payee is { } named
            ? new Payee(
                named.Name, named.Iban is { } iban ? Iban.Normalize(iban) : null, named.AccountNumber, named.Bic,
                named.ClearingCode)
            : await KnownAsync(told, context.CancellationToken);
        await inbox.DecideAsync(context, Refund.Type, told.RefundId, refund => RefundDecider.Take(
            refund,
            new CreditRefundRequested(
                told.LegalEntity, told.CreditMemoId, told.Number, told.Reference, told.CustomerId,
                told.Amount.ToMoney(), payee, told.Reason, told.RequestedBy, told.ApprovedBy, told.ClearingAccount)));
    }

    private async Task<Payee> KnownAsync(CreditRefundApproved told, CancellationToken cancellation)
    {
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        var (name, account) = await connection.QuerySingleOrDefaultAsync<(string? Name, string? Account)>(
            new CommandDefinition(
                Known, new { told.LegalEntity, told.CustomerId }, cancellationToken: cancellation));
        return Payee.BackTo(name ?? "the customer", account);
    }
}
