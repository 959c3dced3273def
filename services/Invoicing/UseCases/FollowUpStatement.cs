using OrderToCash.Invoicing.Delivery;
using OrderToCash.Invoicing.Statements;
using OrderToCash.Invoicing.Statements.Sending;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>Sends a kept statement again, and takes what the mail system tells of one that was sent.</summary>
public static class FollowUpStatement
{
    /// <summary>What became of a mail.</summary>
    /// <param name="State"><c>delivered</c>, <c>opened</c> or <c>bounced</c>.</param>
    /// <param name="At">When; now where it is left out.</param>
    /// <param name="Detail">In the mail system's words, up to 500 characters.</param>
    public sealed record Report(DeliveryState State, DateTimeOffset? At = null, string? Detail = null);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/statements/{id:guid}/send", (Guid id, HttpCommand command) =>
                DecideAsync(id, command, StatementDecider.SendAgain))
            .RequireScope(Scopes.InvoicingWrite).Produces<StatementView>()
            .WithSummary("Send a statement once more, byte for byte as it was");
        routes.MapPost("/statements/{id:guid}/delivery-reports", ReportAsync)
            .RequireScope(Scopes.InvoicingWrite).Produces<StatementView>()
            .WithSummary("Tell whether a statement was delivered, opened or bounced");
    }

    /// <summary>
    /// Of one that came back, Collections is told whose address it was; what is kept names no address.
    /// </summary>
    private static async Task<IResult> ReportAsync(
        Guid id, Report report, HttpCommand command, StatementDocuments documents, KeptMail mails,
        StatementRecipients recipients)
    {
        var (statement, _) = await command.Store.LoadAsync(StatementStream.Type, id, command.Cancellation);
        Addressee? addressee = null;
        if (report.State == DeliveryState.Bounced && statement.Prepared is { } made
            && await mails.OpenAsync(await documents.FindAsync(id, command.Cancellation), command.Cancellation)
                is var (mail, _))
            addressee = await recipients.FindAsync(made.CustomerId, mail.To, command.Cancellation);
        return await DecideAsync(id, command, now => StatementDecider.Report(
            now, new StatementDeliveryReported(
                report.State, (report.At ?? command.Clock.GetUtcNow()).ToUniversalTime(),
                MailWords.WithoutAddresses(report.Detail)),
            addressee?.ContactId, addressee?.CustomerVersion));
    }

    private static Task<IResult> DecideAsync(Guid id, HttpCommand command, Func<Statement, Decision> decide) =>
        command.DecideAsync(
            StatementStream.Type,
            id,
            statement => ReadStatements.Denied(statement, command.Caller) is { } no ? no : decide(statement),
            decided => Reply.Ok(StatementView.Of(id, decided.State, decided.Version), decided.Version));
}
