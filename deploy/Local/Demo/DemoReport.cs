using Spectre.Console;

namespace OrderToCash.Local.Demo;

/// <summary>Something that must hold at the end, and the figures it rests on.</summary>
internal sealed record DemoCheck(string Name, bool Holds, string Figures);

/// <summary>What happened, step by step, and the checks that must hold at the end.</summary>
internal sealed class DemoReport(Action<string> say)
{
    private readonly List<(string Step, string What)> _steps = [];
    private readonly List<DemoCheck> _checks = [];

    public IReadOnlyList<DemoCheck> Checks => _checks;

    public bool AllHold => _checks.Count > 0 && _checks.TrueForAll(check => check.Holds);

    public void Step(string step, string what)
    {
        _steps.Add((step, what));
        say($"  {step}: {what}");
    }

    public void Check(string check, bool holds, string figures) => _checks.Add(new DemoCheck(check, holds, figures));

    public void Print()
    {
        var console = AnsiConsole.Console;
        if (Console.IsOutputRedirected)
        {
            console.Profile.Width = 150;
            console.Profile.Capabilities.Ansi = false;
        }

        var steps = new Table().Title("What happened").AddColumn("step").AddColumn("result");
        foreach (var (step, what) in _steps)
            steps.AddRow(Markup.Escape(step), Markup.Escape(what));
        var checks = new Table().Title("What must hold").AddColumn("check").AddColumn("holds").AddColumn("figures");
        foreach (var check in _checks)
            checks.AddRow(Markup.Escape(check.Name), check.Holds ? "yes" : "NO", Markup.Escape(check.Figures));
        console.WriteLine();
        console.Write(steps);
        console.Write(checks);
    }
}
