namespace OrderToCash.Architecture.Tests;

/// <summary>
/// Whose rows a list may hold is said in one way, so that it is read in one way and forgotten nowhere.
/// </summary>
public sealed class EntityFilters
{
    private const string Begin = "(@entities::text[] is null or ";
    private const string End = "any(@entities)";

    /// <summary>Longest condition between both.</summary>
    private const int Reach = 300;

    [Fact]
    public void a_list_says_whose_rows_it_may_hold_as_all_others_do() =>
        (from source in Repository.Below("services")
         from end in Places(source.Text, End)
         let begin = source.Text.LastIndexOf(Begin, end, StringComparison.Ordinal)
         where begin < 0 || end - begin > Reach
         select $"{source.Path}:{source.Text[..end].Count(one => one == '\n') + 1} does not begin with {Begin}")
        .ShouldBeNone("Restricted to the caller's legal entities in a way of its own:");

    [Fact]
    public void nobody_reads_the_legal_entities_of_a_token_but_the_caller() =>
        (from source in Repository.Services().Concat(Repository.Below("services/BuildingBlocks/Approvals"))
         from line in source.Lines.Select((text, index) => (text, number: index + 1))
         where line.text.Contains("aller.Entities", StringComparison.Ordinal)
         select $"{source.Path}:{line.number}")
        .ShouldBeNone("Ask Caller.MaySee, Deny or EntityFilter:");

    private static IEnumerable<int> Places(string text, string word)
    {
        for (var at = text.IndexOf(word, StringComparison.Ordinal); at >= 0;
            at = text.IndexOf(word, at + 1, StringComparison.Ordinal))
            yield return at;
    }
}
