using System.CommandLine;
using OrderToCash.Local.Servers;
using OrderToCash.Messaging;
using RabbitMQ.Client;

namespace OrderToCash.Local.Commands;

/// <summary>
/// <c>dead-letters</c>: shows messages that could not be handled, and sends them back to their queue.
/// </summary>
internal static class DeadLettersCommand
{
    /// <summary>Every queue of the system; EndToEnd.Tests compares it with what the broker has.</summary>
    public static readonly IReadOnlyList<string> Queues =
    [
        "invoicing-addresses",
        "invoicing-agency-commissions",
        "invoicing-agreed-terms",
        "invoicing-allocations",
        "invoicing-asked-allocations",
        "invoicing-bank-statements",
        "invoicing-cash-journal",
        "invoicing-collections-requests",
        "invoicing-collectors",
        "invoicing-credit-refunds",
        "invoicing-dispute-credits",
        "invoicing-disputes",
        "invoicing-holds",
        "invoicing-pending-payments",
        "invoicing-reminder-fees",
        "invoicing-returned-payments",
        "cash-application-legal-entities",
        "cash-application-customers",
        "cash-application-open-items",
        "cash-application-answers",
        "cash-application-credit-memos",
        "cash-application-credit-refunds",
        "cash-application-agreements",
        "cash-application-payment-retries",
        "cash-application-approval-matrices",
        "collections-customers",
        "collections-merged-customers",
        "collections-open-items",
        "collections-invoice-references",
        "collections-receipts",
        "collections-likely-payers",
        "collections-answers",
        "collections-credit",
        "collections-credit-memos",
        "collections-credit-risks",
        "collections-exchange-rates",
        "collections-deductions",
        "collections-letterheads",
        "collections-statement-bounces",
        "collections-approval-matrices",
        "credit-adjustments",
        "credit-billing-agreements",
        "credit-company-numbers",
        "credit-conduct",
        "credit-customers",
        "credit-dunning",
        "credit-overdue-states",
        "credit-exchange-rates",
        "credit-receivables",
        "credit-credit-memos",
        "credit-unapplied-cash",
        "credit-promises",
        "credit-approval-matrices",
        "invoicing-republish",
        "cash-application-republish",
        "collections-republish",
        "credit-republish",
    ];

    public static Command Create()
    {
        var queue = new Option<string[]>("--queue")
        {
            Description = "Only this queue; all when not given.",
            AllowMultipleArgumentsPerToken = true,
        };
        var address = new Option<string?>("--amqp") { Description = "The broker; the local one when not given." };
        var message = new Option<string?>("--message") { Description = "Only the message with this id." };
        var limit = new Option<int>("--limit")
        {
            Description = "At most this many per queue.",
            DefaultValueFactory = _ => 20,
        };

        var list = new Command("list", "Lists failed messages with their reasons.") { queue, address, limit };
        list.SetAction((parsed, cancellation) => WithAsync(
            parsed.GetValue(address),
            letters => ListAsync(letters, Chosen(parsed.GetValue(queue)), parsed.GetValue(limit), cancellation),
            cancellation));
        var replay = new Command("replay", "Sends failed messages back to the queue they failed in.")
        {
            queue, address, message,
        };
        replay.SetAction((parsed, cancellation) => WithAsync(
            parsed.GetValue(address),
            letters => ReplayAsync(letters, Chosen(parsed.GetValue(queue)), parsed.GetValue(message), cancellation),
            cancellation));
        return new Command("dead-letters", "Messages that could not be handled.") { list, replay };
    }

    private static async Task<int> ListAsync(
        DeadLetters letters, IReadOnlyList<string> queues, int limit, CancellationToken cancellation)
    {
        var count = 0;
        foreach (var queue in queues)
        {
            foreach (var letter in await letters.ListAsync(queue, limit, cancellation))
            {
                count++;
                Console.WriteLine($"{letter.Queue}  {letter.MessageId}  {letter.Type}  {letter.FailedAt}");
                Console.WriteLine($"    {letter.Reason}");
                Console.WriteLine($"    {letter.Body}");
            }
        }

        Console.WriteLine(count == 0 ? "No failed messages." : $"{count} failed messages.");
        return 0;
    }

    private static async Task<int> ReplayAsync(
        DeadLetters letters, IReadOnlyList<string> queues, string? message, CancellationToken cancellation)
    {
        foreach (var queue in queues)
        {
            var moved = await letters.ReplayAsync(queue, message, cancellation);
            if (moved > 0)
                Console.WriteLine($"{queue}: {moved} sent back");
        }

        return 0;
    }

    private static async Task<int> WithAsync(
        string? address, Func<DeadLetters, Task<int>> use, CancellationToken cancellation)
    {
        if (address is not null)
            return await ConnectAsync(new Uri(address), use, cancellation);
        await using var rabbit = await Infrastructure.BrokerAsync(
            Repository.LocalFolder(), Console.Error.WriteLine, cancellation);
        return await ConnectAsync(rabbit.Amqp, use, cancellation);
    }

    private static async Task<int> ConnectAsync(
        Uri broker, Func<DeadLetters, Task<int>> use, CancellationToken cancellation)
    {
        await using var connection = await new ConnectionFactory { Uri = broker }.CreateConnectionAsync(cancellation);
        return await use(new DeadLetters(connection));
    }

    private static IReadOnlyList<string> Chosen(string[]? queues) => queues is { Length: > 0 } ? queues : Queues;
}
