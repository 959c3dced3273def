using MassTransit;
using OrderToCash.Contracts.Collections.V1;
using OrderToCash.Credit.CreditAccounts;
using OrderToCash.Messaging;

namespace OrderToCash.Credit.Integration;

/// <summary>Keeps how often open items were dunned: a policy may hold the orders of who does not react.</summary>
public sealed class DunningConsumer(Inbox inbox) : IConsumer<DunningNoticeSent>
{
    /// <inheritdoc/>
    public Task Consume(ConsumeContext<DunningNoticeSent> context)
    {
        var notice = context.Message;
        return inbox.DecideAsync(
            context, CreditAccountStream.Type, notice.CustomerId,
            account => ExposureDecider.Dun(
                account, notice.Step,
                notice.Items.Select(item => new InstallmentKey(item.InvoiceId, item.Installment))));
    }
}
