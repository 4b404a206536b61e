import{O as e,P as t,Z as n,ct as r,dt as i,p as a,t as o}from"./shared-DPcjTYk3.js";import"./parts-Cz-8z18p.js";var s=[[`g i`,`tab.inbox`],[`g q`,`tab.queue`],[`g a`,`tab.archive`],[`g p`,`tab.printers`],[`g s`,`tab.stats`],[`j ↓`,`keys.next`],[`k ↑`,`keys.previous`],[`a`,`verb.archive`],[`u`,`verb.queue`],[`Delete`,`verb.discard`],[`x`,`common.select`],[`/`,`archive.search`],[`s`,`queue.verb_start`],[`d`,`queue.verb_complete`],[`f`,`queue.verb_fail`]],c=class extends o{static{this.styles=[a,i`
dl{display:grid;grid-template-columns:auto minmax(0,1fr);gap:8px 24px;margin:0}dd{margin:0}kbd{padding:2px 8px;border:1px solid var(--secondary-text-color);border-radius:4px;font:inherit}`]}close(){this.dispatchEvent(new CustomEvent(`closed`))}render(){return r`<bvp-dialog
.app=${this.app}
.heading=${this.t(`keys.title`)}
@closed=${this.close}
>
<dl>
${s.map(([e,t])=>r`<dt>${e.split(` `).map(e=>r`<kbd>${e}</kbd> `)}</dt>
<dd>${this.t(t)}</dd>`)}
</dl>
<span slot="actions">
${n({label:this.t(`common.close`),look:`plain`,onClick:()=>this.close()})}
</span>
</bvp-dialog>`}};c=e([t(`bvp-keys-dialog`)],c);export{c as BvpKeysDialog};