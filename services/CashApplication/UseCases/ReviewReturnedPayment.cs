using OrderToCash.CashApplication.Statements;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>What was done about a returned payment: the payer was asked, an authorisation renewed.</summary>
public sealed record ReviewReturnRequest(string Note);

/// <summary>
/// <c>POST /v1/bank-statements/{id}/returns/{statement}/{entry}/{detail}/review</c>: a person has looked at a returned
/// payment that stopped further debits, and they may go on.
/// </summary>
public static class ReviewReturnedPayment
{
    private static readonly Refusal NoteMissing =
        new("note-missing", "Say what was done, in 1 to 500 characters.", Field: "/note");

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost(
            "/v1/bank-statements/{id:guid}/returns/{statement:int}/{entry:int}/{detail:int}/review", Handle)
        .RequireScope(Scopes.CashWrite)
        .Produces<ReturnedPaymentView>()
        .WithTags("Bank statements")
        .WithSummary("Says that a returned payment was looked at: debits may go on");

    private static async Task<IResult> Handle(
        Guid id, int statement, int entry, int detail, ReviewReturnRequest request, HttpContext http,
        HttpCommand command)
    {
        if (!await StatementQueries.MaySeeAsync(id, command.Store, http)
            || await ReturnedPaymentUseCases.ReadAsync(command, id, statement, entry, detail) is not { } returned)
        {
            return await command.RefuseAsync(StatementImportRefusals.NotFound(id));
        }

        var reviewed = returned with { IsToReview = false, Reviewed = request.Note };
        return await command.DecideAsync(
            StatementImport.Type, id,
            _ => request.Note is not { Length: > 0 and <= 500 } || string.IsNullOrWhiteSpace(request.Note)
                ? NoteMissing
                : returned.IsCredit || (!returned.IsToReview && !ReturnReasons.OfAccount.Contains(returned.Code))
                    ? Refusal.State("nothing-to-review", "This returned payment stops nothing.")
                    : Decision.Of(new ReturnedPaymentReviewed(statement, entry, detail, request.Note)),
            _ => Reply.Ok(reviewed),
            request.Note);
    }
}
