using OrderToCash.Invoicing.InvoiceDrafts;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.ReadModels;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>
/// Writes an invoice down without issuing it, changes what is written, or gives it up. What could not be issued at this
/// moment is refused here already, with the same words.
/// </summary>
public static class SaveInvoiceDraft
{
    /// <summary>Why; kept in the history.</summary>
    public sealed record Why(string Reason);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/invoice-drafts", CreateAsync)
            .RequireScope(Scopes.InvoicingWrite).Produces<InvoiceDraftView>(StatusCodes.Status201Created)
            .WithSummary("Write an invoice down without issuing it");
        routes.MapPut("/invoice-drafts/{id:guid}", ChangeAsync)
            .RequireScope(Scopes.InvoicingWrite).Produces<InvoiceDraftView>()
            .WithSummary("Change what a draft says; all of it is sent each time");
        routes.MapPost("/invoice-drafts/{id:guid}/discard", DiscardAsync)
            .RequireScope(Scopes.InvoicingWrite).Produces<InvoiceDraftView>()
            .WithSummary("Give a draft up");
    }

    private static async Task<IResult> CreateAsync(IssueInvoice request, HttpCommand command)
    {
        var (priced, refusal) = await PriceAsync(request, command);
        if (priced is null)
            return await command.RefuseAsync(refusal!);
        var id = Ids.Next(command.Clock);
        return await command.DecideAsync(
            DraftedInvoiceStream.Type,
            id,
            draft => DraftedInvoiceDecider.Save(draft, request, priced),
            decided => Reply.Created(
                $"/v1/invoice-drafts/{id}", InvoiceDraftView.Of(id, decided.State, decided.Version), decided.Version));
    }

    private static async Task<IResult> ChangeAsync(Guid id, IssueInvoice request, HttpCommand command)
    {
        var (priced, refusal) = await PriceAsync(request, command);
        return await DecideAsync(
            id, null, command,
            draft => priced is null ? refusal! : DraftedInvoiceDecider.Save(draft, request, priced));
    }

    private static Task<IResult> DiscardAsync(Guid id, Why why, HttpCommand command) => DecideAsync(
        id, why.Reason, command,
        draft => Refusal.Unexplained(why.Reason) is { } unexplained
            ? unexplained
            : DraftedInvoiceDecider.Discard(draft));

    /// <summary>Decides on a draft that is there and that the caller may see.</summary>
    private static Task<IResult> DecideAsync(
        Guid id, string? reason, HttpCommand command, Func<DraftedInvoice, Decision> decide) => command.DecideAsync(
            DraftedInvoiceStream.Type,
            id,
            draft => draft.Saved is not { } saved ? DraftedInvoiceDecider.NotFound(id)
                : command.Caller.Deny(saved.LegalEntity) is { } denied ? denied
                : decide(draft),
            decided => Reply.Ok(InvoiceDraftView.Of(id, decided.State, decided.Version), decided.Version),
            reason: reason);

    /// <summary>What it would come to now, or why it could not be issued.</summary>
    private static async Task<(InvoiceDraft? Priced, Refusal? Refusal)> PriceAsync(
        IssueInvoice request, HttpCommand command)
    {
        if (request.Deposits is { Count: > 0 })
        {
            return (null, new Refusal(
                "deposits-in-draft",
                "Deposits are netted when an invoice is issued, or afterwards; a draft names none.",
                Field: "/deposits"));
        }

        var now = command.Clock.GetUtcNow();
        var accounts = await BillingAccounts.LoadAsync(command, [request], now);
        return IssueInvoiceEndpoint.Draft(request, accounts[0], command.Caller, now);
    }
}
