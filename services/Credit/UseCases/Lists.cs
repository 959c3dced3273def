using Dapper;
using OrderToCash.EventSourcing;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Credit.UseCases;

/// <summary>What all lists of this service have in common.</summary>
internal static class Lists
{
    /// <summary>
    /// A page of <c>select … where …</c>, which restricts itself with <c>@legalEntity</c>, <c>@entities</c> and what
    /// <paramref name="filter"/> names.
    /// </summary>
    public static async Task<Page<TRow>> ReadPageAsync<TRow>(
        this EventStore store, HttpContext http, Keyset<TRow> page, string select, string? legalEntity,
        object? filter = null)
    {
        var parameters = new DynamicParameters(page.Parameters);
        parameters.AddDynamicParams(filter);
        parameters.Add("legalEntity", legalEntity);
        parameters.Add("entities", Caller.Of(http).EntityFilter(legalEntity));
        await using var connection = await store.Database.OpenConnectionAsync(http.RequestAborted);
        var rows = await connection.QueryAsync<TRow>(new CommandDefinition(
            $"{select} and {page.Where} order by {page.OrderBy} limit {page.Limit}", parameters,
            cancellationToken: http.RequestAborted));
        return page.Page(rows.AsList());
    }
}
