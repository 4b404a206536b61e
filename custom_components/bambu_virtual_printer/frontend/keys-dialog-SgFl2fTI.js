import{P as e,Z as t,ct as n,dt as r,p as i,t as a,v as o}from"./shared-BtzMd3S0.js";import"./parts-LSmttsBT.js";var s=[[`g i`,`tab.inbox`],[`g q`,`tab.queue`],[`g a`,`tab.archive`],[`g p`,`tab.printers`],[`g s`,`tab.stats`],[`j ↓`,`keys.next`],[`k ↑`,`keys.previous`],[`a`,`verb.archive`],[`u`,`verb.queue`],[`Delete`,`verb.discard`],[`x`,`common.select`],[`/`,`archive.search`],[`s`,`queue.verb_start`],[`d`,`queue.verb_complete`],[`f`,`queue.verb_fail`]],c=class extends a{static{this.styles=[i,r`
dl{display:grid;grid-template-columns:auto minmax(0,1fr);gap:8px 24px;margin:0}dd{margin:0}kbd{padding:2px 8px;border:1px solid var(--secondary-text-color);border-radius:4px;font:inherit}`]}close(){this.dispatchEvent(new CustomEvent(`closed`))}render(){return n`<bvp-dialog
.app=${this.app}
.heading=${this.t(`keys.title`)}
@closed=${this.close}
>
<dl>
${s.map(([e,t])=>n`<dt>${e.split(` `).map(e=>n`<kbd>${e}</kbd> `)}</dt>
<dd>${this.t(t)}</dd>`)}
</dl>
<span slot="actions">
${t({label:this.t(`common.close`),look:`plain`,onClick:()=>this.close()})}
</span>
</bvp-dialog>`}};c=o([e(`bvp-keys-dialog`)],c);export{c as BvpKeysDialog};