using MassTransit;
using OrderToCash.Contracts.Collections.V1;
using OrderToCash.Credit.CreditAccounts;
using OrderToCash.Messaging;

namespace OrderToCash.Credit.Integration;

/// <summary>
/// Keeps how often open items were dunned: a policy may hold the orders of who does not react. A notice may be heard of
/// before its items, which come by another queue.
/// </summary>
public sealed class DunningConsumer(Inbox inbox, Incidents incidents) : IConsumer<DunningNoticeSent>
{
    /// <inheritdoc/>
    public Task Consume(ConsumeContext<DunningNoticeSent> context)
    {
        var (notice, isNews) = (context.Message, incidents.IsOfLate(context));
        return inbox.DecideAsync(
            context, CreditAccountStream.Type, notice.CustomerId,
            account => ExposureDecider.Dun(
                account, notice.Step,
                notice.Items.Select(item => new InstallmentKey(item.InvoiceId, item.Installment)), isNews));
    }
}
